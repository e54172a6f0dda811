/* SPDX-License-Identifier: Apache-2.0 */
/* live.pml - clients that never end, and a server that dies once: every wait ends, if
 * everybody who can go on does so in the end. */
#define OWN(t)			1
#define FOREVER			true
#define SEQ_MAX			3
#define KILLS			(1 + MORE)

#include "defaults.pml"
#include "nucleus.pml"
#include "world.pml"

ltl every_wait_ends { [] (waits[0] -> <> !waits[0]) }
