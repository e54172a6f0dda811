/* SPDX-License-Identifier: Apache-2.0 */
/* copy.pml - long messages; two threads serve a channel, and die alone or with their process. */
#define N			4
#define PROC(t)			((t) == 3 -> 2 : (t))
#define SERVER_PROGRAM(t)	((t) >= 2)
#define ANSWERS(t)		((t) == 2 -> 1 : 2)
#define LONG(t)			((t) == 1)
#define KILLS			1
#define ROUNDS			(1 + MORE)

#include "defaults.pml"
#include "nucleus.pml"
#include "world.pml"
