/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backtrace.c - who called whom in a thread that has faulted. Programs keep no frame pointers, so
 * this looks through the stack for words that can only be return addresses: they point behind a
 * call in the program's own text. A stale one may be among them; a missing one may not.
 */
#include "backtrace.h"
#include "object.h"
#include "pages.h"
#include "process.h"
#include "region.h"

#define STACK_BYTES 4096u /* looked at, from the stack pointer up */

enum { REG_RA = 1, REG_SP = 2 };

/* procmgr's view of the program's memory at `address`, up to the page's end. NULL: nothing it can
 * look at. */
static const uint8_t *
look(const struct process *p, uint64_t address, unsigned prot)
{
	const struct region *r = region_at(&p->space, address);
	uint64_t offset;
	uint32_t frame, count;

	if (r == NULL || (r->prot & prot) != prot || r->kind == PROC_KIND_DEVICE)
		return NULL;
	offset = r->base + (address - r->start);
	if (r->object == NULL)
		return (const uint8_t *)(pages_window + offset);
	frame = object_find(r->object, offset >> PAGE_SHIFT, &count);
	return frame == 0 ? NULL : (const uint8_t *)frame_memory(frame) + offset % PAGE_SIZE;
}

/* 16 bits of the program's text; 0 (no instruction) where it has none. */
static uint16_t
parcel(const struct process *p, uint64_t address)
{
	const uint8_t *memory = look(p, address, SKINK_PROT_EXEC);

	return memory == NULL ? 0 : memory[0] | memory[1] << 8;
}

/* Is there a call right before it? jal and jalr that link to ra; c.jalr. */
static bool
is_behind_call(const struct process *p, uint64_t address)
{
	uint16_t low, high;

	if (address % 2 != 0)
		return false;
	high = parcel(p, address - 2);
	low = parcel(p, address - 4);
	if ((high & 0xf07f) == 0x9002 && (high & 0x0f80) != 0)
		return true;
	return (low & 0x0fff) == 0x00ef || ((low & 0x0fff) == 0x00e7 && (low & 0x7000) == 0);
}

uint32_t
backtrace(const struct process *p, const uint64_t regs[31], uint64_t *out, uint32_t max)
{
	uint64_t sp = regs[REG_SP - 1] & ~7ull, ra = regs[REG_RA - 1];
	uint64_t end =
	    sp < p->first_sp && p->first_sp - sp < STACK_BYTES ? p->first_sp : sp + STACK_BYTES;
	const struct region *text = region_at(&p->space, p->entry);
	uint64_t low, span;
	uint32_t count = 0;

	if (text == NULL)
		return 0;
	low = text->start + 4;
	span = text->end - low;
	if (ra - low <= span && is_behind_call(p, ra))
		out[count++] = ra;
	while (sp < end && count < max) { /* <= pages of STACK_BYTES and one */
		const uint64_t *word = (const uint64_t *)look(p, sp, SKINK_PROT_READ);
		uint64_t stop = (sp | (PAGE_SIZE - 1)) + 1;

		if (word == NULL)
			break;
		stop = stop < end ? stop : end;
		/* Most words do not even point into the text. */
		for (; sp < stop; sp += 8, word++) {
			if (*word - low > span || (count > 0 && *word == out[count - 1]) ||
			    !is_behind_call(p, *word))
				continue;
			out[count++] = *word;
			if (count == max)
				break;
		}
	}
	return count;
}
