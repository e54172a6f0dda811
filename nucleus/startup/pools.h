/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STARTUP_POOLS_H
#define STARTUP_POOLS_H

#include "pool.h"

/* Bytes that pools of so many objects take. */
size_t pools_size(const uint32_t counts[SKINK_POOL_COUNT]);

/* Makes pools of free objects in `memory`, at a multiple of 64, which those who use them see at
 * `memory` + `offset`. Of an object just its head is set: pool_new clears the rest. */
void pools_make(struct pool *made, void *memory, uint64_t offset,
    const uint32_t counts[SKINK_POOL_COUNT]);

#endif
