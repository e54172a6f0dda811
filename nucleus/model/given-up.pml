/* SPDX-License-Identifier: Apache-2.0 */
/* given-up.pml - after a death the service starts again, starts cold, or is given up. */
#define KILLS			(1 + MORE)
#define GIVES_UP		true

#include "defaults.pml"
#include "nucleus.pml"
#include "world.pml"
