/* SPDX-License-Identifier: Apache-2.0 */
/* aspace.c - drives the nucleus's memory calls for one process: gives page tables when asked for
 * them, and frees them when the nucleus has done with the process. Decides nothing. */
#include "aspace.h"
#include "nucleus.h"
#include "pages.h"
#include "process.h"

#define TABLE_LEVELS 3

static bool
has_tables(const struct process *p, uint64_t count)
{
	return p->tables != NULL && p->tables->pages >= count;
}

static long
give_table(struct process *p, uint64_t *reserved)
{
	uint32_t frame, count;
	long error;

	if (p->tables == NULL)
		p->tables = object_new(OBJECT_TABLES, &p->account, p->pid);
	if (p->tables == NULL || !object_prepare() || !account_charge(&p->account, 1))
		return -SK_ENOMEM;
	if (reserved != NULL && *reserved > 0) {
		--*reserved;
	} else if (!pages_reserve(1)) {
		account_refund(&p->account, 1);
		return -SK_ENOMEM;
	}
	frame = pages_take(1, &count);
	error = skink_p_table_give(p->pid, (uint64_t)frame << PAGE_SHIFT);
	if (error < 0) {
		pages_free(frame, 1);
		account_refund(&p->account, 1);
		return error;
	}
	(void)object_add(p->tables, p->tables->pages, frame, 1); /* prepared */
	return 0;
}

long
aspace_map(struct process *p, uint64_t address, uint64_t physical, uint32_t pages, unsigned prot,
    uint64_t *reserved)
{
	uint64_t left = (uint64_t)pages << PAGE_SHIFT;

	/* Whatever comes first wants one of each level. */
	while (!has_tables(p, TABLE_LEVELS)) { /* <= TABLE_LEVELS */
		long error = give_table(p, reserved);

		if (error < 0)
			return error;
	}
	while (left > 0) { /* <= PAGE_STEP, and 4 for tables */
		long done = skink_p_map(p->pid, address, physical, left, prot);

		if (done == -SK_ENOMEM) {
			done = give_table(p, reserved);
			if (done == 0)
				continue;
		}
		if (done < 0)
			return done;
		address += done;
		physical += done;
		left -= done;
	}
	return 0;
}

/* Of the pages that are there. */
static long
change(struct process *p, uint64_t address, uint64_t physical, uint32_t pages, unsigned prot)
{
	uint64_t left = (uint64_t)pages << PAGE_SHIFT;

	while (left > 0) { /* <= PAGE_STEP */
		long done = skink_p_map(p->pid, address, physical, left, prot);

		if (done < 0)
			return done;
		address += done;
		left -= done;
	}
	return 0;
}

long
aspace_unmap(struct process *p, uint64_t address, uint32_t pages)
{
	return change(p, address, SKINK_PA_NONE, pages, 0);
}

long
aspace_protect(struct process *p, uint64_t address, uint32_t pages, unsigned prot)
{
	return change(p, address, SKINK_PA_KEEP, pages, prot);
}

bool
aspace_free(struct process *p)
{
	if (p->tables != NULL && !object_empty(p->tables))
		return false;
	p->tables = NULL;
	return true;
}
