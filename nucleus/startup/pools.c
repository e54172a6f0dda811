/* SPDX-License-Identifier: Apache-2.0 */
/* pools.c - the nucleus's pools as they are at first, all objects free (nucleus/pool.c). Also runs
 * on the build host, for the nucleus's tests. */

#include "pools.h"

#include "nucleus.h"

static const size_t sizes[SKINK_POOL_COUNT] = {
#define POOL_SIZE(name, lower) [SKINK_POOL_##name] = sizeof(struct lower),
    SKINK_POOLS(POOL_SIZE)
#undef POOL_SIZE
};

/* What is not cleared of a new object: a thread's registers. */
static const size_t uncleared[SKINK_POOL_COUNT] = {
    [SKINK_POOL_THREAD] = sizeof(struct thread) - offsetof(struct thread, regs),
};

static size_t
stride(unsigned which)
{
	return (sizes[which] + 63) & ~(size_t)63;
}

size_t
pools_size(const uint32_t counts[SKINK_POOL_COUNT])
{
	size_t sum = 0;

	for (unsigned i = 0; i < SKINK_POOL_COUNT; i++)
		sum += stride(i) * counts[i];
	return sum;
}

void
pools_make(
    struct pool *made, void *memory, uint64_t offset, const uint32_t counts[SKINK_POOL_COUNT])
{
	char *at = memory;

	for (unsigned i = 0; i < SKINK_POOL_COUNT; i++) {
		made[i] = (struct pool){
		    .base = at + offset,
		    .size = stride(i),
		    .cleared = sizes[i] - sizeof(struct object) - uncleared[i],
		    .total = counts[i],
		    .first = counts[i] > 0 ? 1 : 0,
		    .last = counts[i],
		};
		for (uint32_t n = 1; n <= counts[i]; n++, at += stride(i)) {
			*(struct object *)at = (struct object){
			    .index = n,
			    .next = n < counts[i] ? n + 1 : 0,
			};
		}
	}
}
