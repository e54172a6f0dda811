/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - small objects of one size, in frames. */
#ifndef PROCMGR_STORE_H
#define PROCMGR_STORE_H

#include <stdbool.h>
#include <stdint.h>

struct store {
	uint32_t	size;		/* bytes of one, a multiple of 8 */
	uint32_t	used;		/* objects */
	uint32_t	idle;		/* free ones in its frames */
	uint32_t	frames;
	void		*free;		/* linked through their first word */
};
#define STORE_OF(type)	{.size = (sizeof(type) + 7) & ~7u}

/* Makes sure that the next `count` store_get() calls succeed. False: no memory. */
bool store_prepare(struct store *store, uint32_t count);
void *store_get(struct store *store);	/* zeroed; NULL: no memory */
void store_put(struct store *store, void *object);

#endif
