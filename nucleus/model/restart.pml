/* SPDX-License-Identifier: Apache-2.0 */
/* restart.pml - two clients, a durable channel, and its server killed at any instant, twice. */
#define KILLS			(2 + MORE)

#include "defaults.pml"
#include "nucleus.pml"
#include "world.pml"
