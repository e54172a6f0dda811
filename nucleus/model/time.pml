/* SPDX-License-Identifier: Apache-2.0 */
/* time.pml - timeouts, a server that wants to be asked and puts messages off, and a timer. */
#define UNBLOCK(ch)		true
#define TIMEOUTS(t)		((t) == 0 -> 4 : 3)
#define DEFERS			true
#define TICKS			(1 + MORE)
#define ROUNDS			1

#include "defaults.pml"
#include "nucleus.pml"
#include "world.pml"
