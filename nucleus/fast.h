/* SPDX-License-Identifier: Apache-2.0 */
/* fast.h - what the short ways share: which threads they are for. */
#ifndef NUCLEUS_FAST_H
#define NUCLEUS_FAST_H

#include "nucleus.h"

#define OTHERWISE(x) __builtin_expect((x), 0)

INLINE bool
is_fpu_alone(uint64_t special)
{
	return !OTHERWISE(special != 0) || (special & ~SPECIAL_FPU) == 0;
}

/* Of a server that holds clients: the most urgent one. */
INLINE struct thread *
client_of(const struct thread *s)
{
	return CONTAINER(s->holds.root, struct thread, held);
}

#endif
