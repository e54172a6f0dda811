/* SPDX-License-Identifier: Apache-2.0 */
/* late.pml - timeouts of clients whose server dies, with and without having been asked. */
#define UNBLOCK(ch)		true
#define TIMEOUTS(t)		((t) == 0 -> 7 : 0)
#define KILLS			2
#define ROUNDS			(1 + MORE)

#include "defaults.pml"
#include "nucleus.pml"
#include "world.pml"
