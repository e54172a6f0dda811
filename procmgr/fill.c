/* SPDX-License-Identifier: Apache-2.0 */
/* fill.c - gives a region, an object or both their pages, a bounded number at a time: made,
 * zeroed or copied, then mapped. Owns nothing; whoever began a fill undoes it. */
#include <string.h>

#include <skink/errno.h>

#include "account.h"
#include "aspace.h"
#include "fill.h"
#include "object.h"
#include "pages.h"
#include "region.h"

/* Where the object's byte `offset` lies; *n: how many of `bytes` lie there in one piece. */
static uint8_t *
piece(const struct object *o, uint64_t offset, uint64_t bytes, uint64_t *n)
{
	uint32_t count, frame = object_find(o, offset >> PAGE_SHIFT, &count);
	uint64_t inside = offset & (PAGE_SIZE - 1);

	*n = ((uint64_t)count << PAGE_SHIFT) - inside;
	if (*n > bytes)
		*n = bytes;
	return (uint8_t *)frame_memory(frame) + inside;
}

void
object_write(struct object *o, uint64_t offset, const void *from, uint64_t bytes)
{
	for (uint64_t done = 0, n; done < bytes; done += n) { /* <= its pages */
		uint8_t *memory = piece(o, offset + done, bytes - done, &n);

		memcpy(memory, (const uint8_t *)from + done, n);
	}
}

void
object_read(struct object *o, uint64_t offset, void *to, uint64_t bytes)
{
	for (uint64_t done = 0, n; done < bytes; done += n) { /* <= its pages */
		const uint8_t *memory = piece(o, offset + done, bytes - done, &n);

		memcpy((uint8_t *)to + done, memory, n);
	}
}

/* picolibc's memset takes twice the time. Both ends lie on words but where a source ends. */
static void
wipe(uint8_t *memory, uint64_t bytes)
{
	uint64_t *word;

	for (; bytes > 0 && (uintptr_t)memory % sizeof(*word) != 0; bytes--) /* < a word */
		*memory++ = 0;
	word = (uint64_t *)memory;
	for (; bytes >= 16 * sizeof(*word); bytes -= 16 * sizeof(*word), word += 16) {
		word[0] = word[1] = word[2] = word[3] = 0;
		word[4] = word[5] = word[6] = word[7] = 0;
		word[8] = word[9] = word[10] = word[11] = 0;
		word[12] = word[13] = word[14] = word[15] = 0;
	}
	memset(word, 0, bytes);
}

/* Writes what pages first .. first + count - 1 of the fill hold. */
static void
write_pages(const struct fill *f, uint32_t first, uint32_t count, uint8_t *memory)
{
	uint64_t start = (uint64_t)first << PAGE_SHIFT,
		 end = start + ((uint64_t)count << PAGE_SHIFT);
	uint64_t from = f->lead, to = f->lead + f->source_bytes;

	from = from > start ? from : start;
	to = to < end ? to : end;
	if (from >= to) {
		wipe(memory, end - start);
		return;
	}
	wipe(memory, from - start);
	if (f->source != NULL)
		memcpy(memory + (from - start), f->source + (from - f->lead), to - from);
	else
		object_read(f->source_object, f->source_offset + (from - f->lead),
		    memory + (from - start), to - from);
	wipe(memory + (to - start), end - to);
}

long
fill_begin(struct fill *f)
{
	uint64_t tables = f->maps ? aspace_tables(f->pages) : 0;
	uint64_t make = f->make ? f->pages : 0;

	if (!pages_reserve(make + tables))
		return -SK_ENOMEM;
	if (make > 0 && !account_charge(f->object->payer, make)) {
		pages_unreserve(make + tables);
		return -SK_ENOMEM;
	}
	f->done = 0;
	f->pages_left = make;
	f->tables_left = tables;
	return 0;
}

long
fill_step(struct fill *f, uint32_t max)
{
	uint32_t want = f->pages - f->done, frame, count = 0;
	uint64_t physical;
	long error;

	want = want < max ? want : max;
	if (want == 0)
		return 0;
	if (f->make) {
		frame = pages_take(want, &count);
		f->pages_left -= count;
		if (!object_add(f->object, f->at + f->done, frame, count)) {
			pages_free(frame, count);
			account_refund(f->object->payer, count);
			return -SK_ENOMEM;
		}
		write_pages(f, f->done, count, frame_memory(frame));
		physical = (uint64_t)frame << PAGE_SHIFT;
	} else if (f->object != NULL) {
		frame = object_find(f->object, f->at + f->done, &count);
		count = count < want ? count : want;
		if (f->wipe)
			wipe(frame_memory(frame), (uint64_t)count << PAGE_SHIFT);
		physical = (uint64_t)frame << PAGE_SHIFT;
	} else {
		count = want;
		physical = f->region->base + ((uint64_t)f->done << PAGE_SHIFT);
	}
	if (f->maps) {
		error = aspace_map(f->process, f->region->start + ((uint64_t)f->done << PAGE_SHIFT),
		    physical, count, f->region->prot, &f->tables_left);
		if (error < 0)
			return error;
	}
	f->done += count;
	return f->done < f->pages;
}

void
fill_end(struct fill *f)
{
	pages_unreserve(f->pages_left + f->tables_left);
	if (f->pages_left > 0)
		account_refund(f->object->payer, f->pages_left);
	f->pages_left = f->tables_left = 0;
}
