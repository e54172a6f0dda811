/* SPDX-License-Identifier: Apache-2.0 */
/* aspace.h - a process's page tables, through the nucleus. */
#ifndef PROCMGR_ASPACE_H
#define PROCMGR_ASPACE_H

#include <stdbool.h>
#include <stdint.h>

struct process;

/* Page tables that mapping `pages` pages may need at most. */
static inline uint64_t
aspace_tables(uint64_t pages)
{
	return pages / 512 + 4;
}

/* Map, unmap, protect at most PAGE_STEP pages; 0, or -ENOMEM (no frame for a page table, or not
 * within the process's ceiling), -ESRCH (it has ended). `reserved`: frames for page tables; NULL:
 * reserves as it needs. */
long aspace_map(struct process *p, uint64_t address, uint64_t physical, uint32_t pages,
	unsigned prot, uint64_t *reserved);
long aspace_unmap(struct process *p, uint64_t address, uint32_t pages);
long aspace_protect(struct process *p, uint64_t address, uint32_t pages, unsigned prot);

/* Frees some of the page tables of a process that has ended. True: all are free. */
bool aspace_free(struct process *p);

#endif
