/* SPDX-License-Identifier: Apache-2.0 */
/* keep.c - transactions on keep memory: the undo log and its recovery. Owns the header and the log
 * of an object; never talks to procmgr (keep_open.c does) and knows nothing of the data. */
#include <stdlib.h>
#include <string.h>

#include <skink/keep.h>

/* A log entry: the old bytes, padded to 8, then this. Recovery walks from the end to the start. */
struct entry {
	uint32_t offset; /* of the saved bytes in the object */
	uint32_t len;
};
_Static_assert(sizeof(struct entry) == 8, "struct entry");

#define ALIGN8(n) (((n) + 7) & ~(size_t)7)
#define SUMMED    offsetof(struct keep_header, sum)

/* Keeps the compiler from moving stores across: after a kill, memory holds a prefix of the stores
 * in program order. */
static inline void
barrier(void)
{
	__asm__ volatile("" : : : "memory");
}

static void
set_log(struct keep *k, uint64_t word)
{
	barrier();
	*(volatile uint64_t *)&k->header->log = word;
	barrier();
}

static size_t
data_offset(size_t log_size)
{
	return sizeof(struct keep_header) + ALIGN8(log_size);
}

static void
attach(struct keep *k, void *base, size_t size, size_t log_size)
{
	*k = (struct keep){.header = base, .mapped = size};
	k->log = (char *)base + sizeof(struct keep_header);
	k->data = (char *)base + data_offset(log_size);
	k->data_size = size - data_offset(log_size);
}

/* What a transaction may change: the header's last words, and the data. */
static int
is_changeable(const struct keep *k, uint64_t offset, uint64_t len)
{
	uint64_t data = (uint64_t)((char *)k->data - (char *)k->header);

	if (offset >= data)
		return offset + len <= k->header->size;
	return offset >= offsetof(struct keep_header, ready) &&
	    offset + len <= sizeof(struct keep_header);
}

/* Puts the saved bytes back, last first. May be killed and done again: the log is emptied by the
 * caller, afterwards. */
static int
undo(struct keep *k, size_t used)
{
	char *base = (char *)k->header;

	if (used > k->header->log_size || used % 8 != 0)
		return 0;
	while (used > 0) { /* <= log_size / 16 */
		struct entry e;
		size_t padded;

		if (used < sizeof(e))
			return 0;
		memcpy(&e, k->log + used - sizeof(e), sizeof(e));
		padded = ALIGN8((size_t)e.len);
		if (padded + sizeof(e) > used || !is_changeable(k, e.offset, e.len))
			return 0;
		used -= padded + sizeof(e);
		memcpy(base + e.offset, k->log + used, e.len);
	}
	return 1;
}

/* The table of a CRC is linear: each entry is the sum of those of its bits. */
#define BIT(i, n, word) ((i) >> (n)&1 ? (word) : 0u)
#define CRC(i) \
	(BIT(i, 7, 0xedb88320u) ^ BIT(i, 6, 0x76dc4190u) ^ BIT(i, 5, 0x3b6e20c8u) ^ \
	    BIT(i, 4, 0x1db71064u) ^ BIT(i, 3, 0x0edb8832u) ^ BIT(i, 2, 0x076dc419u) ^ \
	    BIT(i, 1, 0xee0e612cu) ^ BIT(i, 0, 0x77073096u))
#define CRC4(i)  CRC(i), CRC((i) + 1), CRC((i) + 2), CRC((i) + 3)
#define CRC16(i) CRC4(i), CRC4((i) + 4), CRC4((i) + 8), CRC4((i) + 12)
#define CRC64(i) CRC16(i), CRC16((i) + 16), CRC16((i) + 32), CRC16((i) + 48)

uint32_t
keep_crc(uint32_t crc, const void *p, size_t len)
{
	static const uint32_t table[256] = {CRC64(0), CRC64(64), CRC64(128), CRC64(192)};
	const uint8_t *b = p;

	crc = ~crc;
	while (len-- > 0)
		crc = table[(crc ^ *b++) & 0xff] ^ crc >> 8;
	return ~crc;
}

size_t
keep_image_size(size_t data_size, size_t log_size)
{
	return data_offset(log_size) + ALIGN8(data_size);
}

void
keep_format(
    struct keep *k, void *base, size_t size, size_t log_size, uint32_t layout, unsigned flags)
{
	struct keep_header *h = base;

	h->magic = 0;
	barrier();
	memset((char *)base + sizeof(h->magic), 0, size - sizeof(h->magic));
	h->format = KEEP_FORMAT;
	h->layout = layout;
	h->flags = flags;
	h->size = size;
	h->log_size = (uint32_t)ALIGN8(log_size);
	attach(k, base, size, log_size);
	if (flags & KEEP_SUM)
		h->data_sum = keep_crc(0, k->data, k->data_size);
	/* COMMIT: a header without its magic is no header. */
	h->sum = keep_crc(0, (uint32_t[]){KEEP_MAGIC}, 4);
	h->sum = keep_crc(h->sum, (char *)h + 4, SUMMED - 4);
	barrier();
	*(volatile uint32_t *)&h->magic = KEEP_MAGIC;
	barrier();
	k->protect = (flags & KEEP_PROTECT) != 0;
}

int
keep_adopt(struct keep *k, void *base, size_t size, uint32_t layout, unsigned flags)
{
	struct keep_header *h = base;
	uint64_t word;

	*k = (struct keep){.mapped = size};
	if (h->magic == 0)
		return KEEP_FRESH;
	if (size < sizeof(*h) || h->magic != KEEP_MAGIC || h->format != KEEP_FORMAT ||
	    h->sum != keep_crc(0, h, SUMMED) || h->size != size || data_offset(h->log_size) > size)
		return KEEP_DAMAGED;
	if (h->layout != layout || h->flags != flags)
		return KEEP_OTHER;
	attach(k, base, size, h->log_size);
	word = h->log;
	if (word != 0) {
		if (!(word & KEEP_PREPARED) && !undo(k, word)) {
			*k = (struct keep){.mapped = size};
			return KEEP_DAMAGED;
		}
		h->recoveries++;
		set_log(k, 0);
	}
	if ((flags & KEEP_SUM) && h->data_sum != keep_crc(0, k->data, k->data_size)) {
		*k = (struct keep){.mapped = size};
		return KEEP_DAMAGED;
	}
	if (!h->ready) {
		*k = (struct keep){.mapped = size};
		return KEEP_FRESH;
	}
	k->protect = (flags & KEEP_PROTECT) != 0;
	return KEEP_KEPT;
}

void
keep_ready(struct keep *k)
{
	if (k->header == NULL)
		return;
	keep_begin(k);
	KEEP_SET(k, k->header->ready, 1);
	keep_commit(k);
}

void
keep_begin(struct keep *k)
{
	if (k->depth++ == 0 && k->protect)
		keep_protect(k, 1);
}

static void
finish(struct keep *k)
{
	k->depth = 0;
	if (k->protect)
		keep_protect(k, 0);
}

static void
sum_data(struct keep *k)
{
	struct keep_header *h = k->header;

	if ((h->flags & KEEP_SUM) && h->log != 0 && !(h->log & KEEP_PREPARED))
		KEEP_SET(k, h->data_sum, keep_crc(0, k->data, k->data_size));
}

void
keep_commit(struct keep *k)
{
	if (k->depth > 1) {
		k->depth--;
		return;
	}
	if (k->header != NULL && k->header->log != 0) {
		sum_data(k);
		/* COMMIT */
		set_log(k, 0);
	}
	finish(k);
}

void
keep_prepare(struct keep *k)
{
	if (k->header == NULL || k->header->log == 0)
		return;
	sum_data(k);
	/* COMMIT */
	set_log(k, k->header->log | KEEP_PREPARED);
}

void
keep_abort(struct keep *k)
{
	if (k->header != NULL && k->header->log != 0) {
		set_log(k, k->header->log & ~KEEP_PREPARED);
		if (!undo(k, k->header->log))
			abort();
		set_log(k, 0);
	}
	finish(k);
}

typedef uint64_t __attribute__((may_alias)) word64;
typedef uint32_t __attribute__((may_alias)) word32;

/* Copies saved bytes into the log, which is 8-aligned; most are one aligned word. */
static inline void
copy_in(uint64_t *to, const void *p, size_t len)
{
	if (len == 8 && (uintptr_t)p % 8 == 0)
		*to = *(const word64 *)p;
	else if (len == 4 && (uintptr_t)p % 4 == 0)
		*(word32 *)to = *(const word32 *)p;
	else
		memcpy(to, p, len);
}

void
keep_save(struct keep *k, const void *p, size_t len)
{
	struct keep_header *h = k->header;
	size_t offset = (size_t)((const char *)p - (const char *)h), padded = ALIGN8(len);
	uint64_t used, *to;

	if (h == NULL || offset >= h->size) /* below the object: wraps to large */
		return;
	used = h->log;
	if (k->depth == 0 || (used & KEEP_PREPARED) || !is_changeable(k, offset, len) ||
	    used + padded + sizeof(struct entry) > h->log_size)
		abort();
	to = (uint64_t *)(k->log + used);
	copy_in(to, p, len);
	*(struct entry *)(to + padded / 8) = (struct entry){(uint32_t)offset, (uint32_t)len};
	set_log(k, used + padded + sizeof(struct entry));
}

void
keep_copy(struct keep *k, void *to, const void *from, size_t len)
{
	keep_save(k, to, len);
	memcpy(to, from, len);
}

size_t
keep_room(const struct keep *k)
{
	size_t used;

	if (k->header == NULL)
		return SIZE_MAX;
	used = k->header->log & ~KEEP_PREPARED;
	return used + sizeof(struct entry) > k->header->log_size
	    ? 0
	    : (k->header->log_size - used - sizeof(struct entry)) & ~(size_t)7;
}

size_t
keep_used(const struct keep *k)
{
	return k->header == NULL ? 0 : k->header->log & ~KEEP_PREPARED;
}
