/* SPDX-License-Identifier: Apache-2.0 */
/* chain.pml - A asks B for its clients; a hog has its place between. With MORE, A or B dies. */
#define N			5
#define CHANNELS		2
#define OWN(t)			((t) == 0 -> 4 : ((t) == 4 -> 3 : ((t) == 1 -> 2 : 1)))
#define PRIORITY_TOP		5
#define HOME(ch)		((ch) + 2)
#define SERVER_PROGRAM(t)	((t) == 2 || (t) == 3)
#define SERVES(t)		((t) - 2)
#define FORWARD(t)		((t) == 2 -> 1 : NONE)
#define FORWARDED(ch)		((ch) == 0)
#define KILLS			MORE
#define ROUNDS			2

#include "defaults.pml"
#include "nucleus.pml"
#include "world.pml"
