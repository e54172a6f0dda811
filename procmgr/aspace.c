/* SPDX-License-Identifier: Apache-2.0 */
/* aspace.c - drives the nucleus's memory calls for one process: gives page tables when asked for
 * them and takes them back at its end. Decides nothing. */
#include "aspace.h"
#include "nucleus.h"
#include "pages.h"
#include "process.h"

#define TABLE_LEVELS 3

static uint64_t frames_total;

static long
give_table(struct process *p, uint64_t *tables)
{
	uint32_t frame, count;
	long error;

	if (!account_charge(&p->account, 1))
		return -SK_ENOMEM;
	if (tables != NULL && *tables > 0) {
		--*tables;
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
	p->tables++;
	frames_total++;
	return 0;
}

long
aspace_map(struct process *p, uint64_t address, uint64_t physical, uint32_t pages, unsigned prot,
    uint64_t *tables)
{
	uint64_t left = (uint64_t)pages << PAGE_SHIFT;

	/* Whatever comes first wants one of each level. */
	while (p->tables < TABLE_LEVELS) { /* <= TABLE_LEVELS */
		long error = give_table(p, tables);

		if (error < 0)
			return error;
	}
	while (left > 0) { /* <= PAGE_STEP, and 4 for tables */
		long done = skink_p_map(p->pid, address, physical, left, prot);

		if (done == -SK_ENOMEM) {
			done = give_table(p, tables);
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

long
aspace_unmap(struct process *p, uint64_t address, uint32_t pages)
{
	uint64_t left = (uint64_t)pages << PAGE_SHIFT;

	while (left > 0) { /* <= PAGE_STEP */
		long done = skink_p_unmap(p->pid, address, left);

		if (done < 0)
			return done;
		address += done;
		left -= done;
	}
	return 0;
}

long
aspace_protect(struct process *p, uint64_t address, uint32_t pages, unsigned prot)
{
	uint64_t left = (uint64_t)pages << PAGE_SHIFT;

	while (left > 0) { /* <= PAGE_STEP */
		long done = skink_p_protect(p->pid, address, left, prot);

		if (done < 0)
			return done;
		address += done;
		left -= done;
	}
	return 0;
}

bool
aspace_take(struct process *p)
{
	for (unsigned i = 0; i < PAGE_STEP; i++) {
		long frame = skink_p_table_take(p->pid);

		if (frame == 0)
			return true;
		if (frame == -SK_EAGAIN)
			continue;
		if (frame < 0)
			procmgr_stop("table_take");
		pages_free(frame >> PAGE_SHIFT, 1);
		account_refund(&p->account, 1);
		p->tables--;
		frames_total--;
	}
	return false;
}

uint64_t
aspace_frames(void)
{
	return frames_total;
}
