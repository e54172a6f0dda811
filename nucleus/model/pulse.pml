/* SPDX-License-Identifier: Apache-2.0 */
/* pulse.pml - a timer, a client, a hog, and a server that dies once. */
#define CLIENT_PROGRAM(t)	((t) == 0)
#define OWN(t)			((t) == 2 -> 1 : 3 - (t))
#define KILLS			1
#define TICKS			(2 + MORE)
#define ROUNDS			(1 + MORE)

#include "defaults.pml"
#include "nucleus.pml"
#include "world.pml"
