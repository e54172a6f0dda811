/* SPDX-License-Identifier: Apache-2.0 */
/* buffer.c - users' memory: single items, and buffers of one or many pieces with a place in
 * them. Every byte is looked up in its owner's address space when it is touched, so a mapping
 * that changes meanwhile hurts only its owner. Never faults, never pages. */
#include <string.h>

#include "nucleus.h"

static size_t
page_rest(vaddr_t va)
{
	return SKINK_PAGE - (va & (SKINK_PAGE - 1));
}

static size_t
min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* An item of less than a page: it lies in two at most, and nothing is done when one is bad. */
static long
user_copy(struct process *p, vaddr_t at, char *data, size_t len, unsigned prot)
{
	size_t first = min(len, page_rest(at)), rest = len - first;
	char *low = aspace_lookup(&p->aspace, at, prot);
	char *high = rest == 0 ? low : aspace_lookup(&p->aspace, at + first, prot);

	if (low == NULL || high == NULL)
		return -SK_EFAULT;
	if (prot == SKINK_PROT_WRITE) {
		memcpy(low, data, first);
		memcpy(high, data + first, rest);
	} else {
		memcpy(data, low, first);
		memcpy(data + first, high, rest);
	}
	return 0;
}

long
user_read(struct process *p, vaddr_t from, void *to, size_t len)
{
	return user_copy(p, from, to, len, SKINK_PROT_READ);
}

long
user_write(struct process *p, vaddr_t to, const void *from, size_t len)
{
	return user_copy(p, to, (char *)(uintptr_t)from, len, SKINK_PROT_WRITE);
}

/* Adds up the pieces. <= SKINK_IOV_MAX rounds in all, a page is looked up once; an array that is
 * aligned to 8 has parts that lie across two pages, in halves. */
static long
total_of(struct process *p, vaddr_t base, uint32_t parts, uint64_t *total)
{
	vaddr_t at = base + offsetof(struct skink_iov, len);
	uint64_t sum = 0, longest = 0;

	if (base % _Alignof(struct skink_iov) != 0)
		return -SK_EFAULT;
	while (parts > 0) {
		uint64_t here =
		    (page_rest(at) + sizeof(struct skink_iov) - 1) / sizeof(struct skink_iov);
		const char *len = aspace_lookup(&p->aspace, at, SKINK_PROT_READ);

		if (len == NULL)
			return -SK_EFAULT;
		here = min(here, parts);
		parts -= (uint32_t)here;
		at += here * sizeof(struct skink_iov);
		for (; here > 0; here--, len += sizeof(struct skink_iov)) {
			longest |= *(const uint64_t *)len;
			sum += *(const uint64_t *)len;
		}
	}
	*total = sum;
	return (longest | sum) < SKINK_MSG_MAX ? 0 : -SK_EMSGSIZE;
}

/* -SK_EFAULT, -SK_EINVAL (too many parts), -SK_EMSGSIZE. */
long
span_init(struct span *s, struct process *p, vaddr_t base, long len)
{
	uint64_t total = (uint64_t)len, parts = 0;
	long error = 0;

	if (len < -SKINK_IOV_MAX)
		return -SK_EINVAL;
	if (len < 0) {
		parts = (uint64_t)-len;
		error = total_of(p, base, (uint32_t)parts, &total);
	} else if (total >= SKINK_MSG_MAX) {
		return -SK_EMSGSIZE;
	}
	*s = (struct span){.base = base, .size = parts << 32 | total};
	return error;
}

/* Reads the next piece. The total told at first binds: what a piece has grown by is not used. */
static long
next_piece(struct buffer *b)
{
	struct skink_iov iov;

	if (b->part >= b->parts)
		return -SK_EFAULT;
	if (user_read(b->process, b->base + b->part * sizeof(iov), &iov, sizeof(iov)) < 0)
		return -SK_EFAULT;
	b->part++;
	b->piece = (vaddr_t)(uintptr_t)iov.base;
	b->left = min(iov.len, b->total - b->at);
	return 0;
}

/* n bytes of the current piece are done. */
static void
advance(struct buffer *b, size_t n)
{
	b->piece += n;
	b->left -= n;
	b->at += n;
}

/* Instructions, at most: a piece's place and length are read; two pages are looked up, and bytes
 * before and behind the whole words are copied. */
#define PIECE_COST 150

enum copy_result
copy_step(struct copy *c, long budget, long end)
{
	struct buffer *own = &c->own, *other = &c->other;
	unsigned from = SKINK_PROT_READ, to = SKINK_PROT_WRITE;

	while (c->left > 0 && budget >= CHUNK_COST) {
		void *mine, *its;
		long price;
		size_t n;

		if (own->left == 0 || other->left == 0) {
			bool owns = own->left == 0;

			if (next_piece(owns ? own : other) < 0)
				return owns ? COPY_BAD_OWN : COPY_BAD_OTHER;
			budget -= PIECE_COST;
			continue;
		}
		if (other->at < c->skip) {
			advance(other, min(other->left, c->skip - other->at));
			continue;
		}
		/* Eight bytes cost three where both are aligned alike, else eight. */
		price = (own->piece ^ other->piece) % 8 == 0 ? 3 : 8;
		n = min(min(own->left, other->left),
		    min(c->left, (uint64_t)(budget - CHUNK_COST) * 8 / price + 8));
		n = min(n, min(page_rest(own->piece), page_rest(other->piece)));
		mine = aspace_lookup(&own->process->aspace, own->piece, c->in ? to : from);
		if (mine == NULL)
			return COPY_BAD_OWN;
		its = aspace_lookup(&other->process->aspace, other->piece, c->in ? from : to);
		if (its == NULL)
			return COPY_BAD_OTHER;
		memmove(c->in ? mine : its, c->in ? its : mine, n);
		advance(own, n);
		advance(other, n);
		c->left -= n;
		budget -= CHUNK_COST + (long)n * price / 8;
	}
	return c->left > 0 || budget < end ? COPY_MORE : COPY_DONE;
}
