/* SPDX-License-Identifier: Apache-2.0 */
/* lives.pml - clients die in any state, and others get their slots; ids of both are about. */
#define CLIENT_KILLS		2
#define TIMEOUTS(t)		((t) == 0 -> 4 : 0)
#define LONG(t)			((t) == 1)
#define ROUNDS			(1 + MORE)

#include "defaults.pml"
#include "nucleus.pml"
#include "world.pml"
