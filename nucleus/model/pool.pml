/* SPDX-License-Identifier: Apache-2.0 */
/* pool.pml - two threads serve a client that times out, dies, sends again: old ids are about. */
#define PROC(t)			((t) == 2 -> 1 : (t))
#define HOME(ch)		1
#define OWN(t)			1
#define CLIENT_PROGRAM(t)	((t) == 0)
#define SERVER_PROGRAM(t)	((t) > 0)
#define TIMEOUTS(t)		4
#define CLIENT_KILLS		(1 + MORE)

#include "defaults.pml"
#include "nucleus.pml"
#include "world.pml"
