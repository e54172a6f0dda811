/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h - records in keep memory that are whole at every instant. Each record has two slots; a
 * commit writes the older one and seals it last, so a process that is killed in between leaves the
 * earlier version valid. A wild store into a sealed slot is noticed by its sum.
 */
#ifndef HAM_STORE_H
#define HAM_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that a record of `size` (a multiple of 8) takes in keep memory, 8-aligned. */
#define STORE_BYTES(size) (2 * (sizeof(struct store_slot) + (size)))

struct store_slot {
	uint64_t sequence; /* higher: newer; 0: never written */
	uint64_t sum; /* over sequence and data; written last */
	/* data follow */
};

/* Copies the newest valid version to `data`. False: there is none (`data` is untouched). */
bool store_read(const void *record, void *data, size_t size);

/* Makes `data` the record's version. */
void store_commit(void *record, const void *data, size_t size);

#endif
