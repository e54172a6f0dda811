/* SPDX-License-Identifier: Apache-2.0 */
/* chain-death.pml - A asks B for its client, another asks B itself, and A or B dies; B's channel
 * is not durable. */
#define N			4
#define CHANNELS		2
#define OWN(t)			((t) == 0 -> 3 : ((t) == 1 -> 2 : 1))
#define HOME(ch)		((ch) + 2)
#define DURABLE(ch)		((ch) == 0)
#define SERVER_PROGRAM(t)	((t) >= 2)
#define TARGET(t)		(t)
#define SERVES(t)		((t) - 2)
#define FORWARD(t)		((t) == 2 -> 1 : NONE)
#define FORWARDED(ch)		((ch) == 0)
#define KILLS			1
#define ROUNDS			(1 + MORE)

#include "defaults.pml"
#include "nucleus.pml"
#include "world.pml"
