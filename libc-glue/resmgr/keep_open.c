/* SPDX-License-Identifier: Apache-2.0 */
/* keep_open.c - where keep memory comes from: procmgr. Owns the requests for it; what is in the
 * memory is keep.c's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skink/calls.h>
#include <skink/errno.h>
#include <skink/keep.h>
#include <skink/procmgr_msg.h>

#define PAGE_ROUND(n) (((n) + SKINK_PAGE - 1) & ~(size_t)(SKINK_PAGE - 1))

static long
ask(int type, const char *name, size_t bytes, struct proc_keep_reply *reply)
{
	struct proc_keep m = {.header = {.type = (uint16_t)type, .version = PROC_VERSION}};

	m.bytes = bytes;
	snprintf(m.name, sizeof(m.name), "%s", name);
	return skink_msg_send(
	    SKINK_PROCMGR_COID, &m, sizeof(m), reply, reply == NULL ? 0 : (long)sizeof(*reply));
}

static long
ask_piece(int type, const char *name, unsigned number, size_t bytes, struct proc_keep_reply *reply)
{
	char full[SKINK_NAME_MAX];

	snprintf(full, sizeof(full), "%s%u", name, number);
	return ask(type, full, bytes, reply);
}

void *
keep_piece_take(struct keep *k, const char *name, unsigned number, size_t bytes)
{
	struct proc_keep_reply reply;

	if (k->header == NULL)
		return calloc(1, bytes);
	return ask_piece(PROC_KEEP_OPEN, name, number, bytes, &reply) < 0 ? NULL
									  : (void *)reply.address;
}

void
keep_piece_give(struct keep *k, const char *name, unsigned number, void *piece)
{
	if (k->header == NULL)
		free(piece);
	else
		ask_piece(PROC_KEEP_DROP, name, number, 0, NULL);
}

static int
make(struct keep *k, const char *name, size_t data_size, size_t log_size, uint32_t layout,
    unsigned flags, int reset)
{
	size_t size = PAGE_ROUND(keep_image_size(data_size, log_size));
	struct proc_keep_reply reply = {0};
	int found = KEEP_FRESH;
	long r;

	if (reset) {
		r = ask(PROC_KEEP_DROP, name, 0, NULL);
		if (r < 0 && r != -SK_ENOENT)
			return (int)r;
	}
	r = ask(PROC_KEEP_OPEN, name, size, &reply);
	if (r == -SK_EINVAL && !reset) {
		*k = (struct keep){0};
		return KEEP_OTHER;
	}
	if (r < 0)
		return (int)r;
	if (reply.existed) {
		struct keep whole = {.header = (void *)reply.address, .mapped = size};

		if (flags & KEEP_PROTECT)
			keep_protect(&whole, 1);
		found = keep_adopt(k, (void *)reply.address, size, layout, flags);
	}
	if (found == KEEP_FRESH)
		keep_format(k, (void *)reply.address, size, log_size, layout, flags);
	if (k->header != NULL && k->protect)
		keep_protect(k, 0);
	return found;
}

int
keep_open(struct keep *k, const char *name, size_t data_size, size_t log_size, uint32_t layout,
    unsigned flags)
{
	return make(k, name, data_size, log_size, layout, flags, 0);
}

int
keep_reset(struct keep *k, const char *name, size_t data_size, size_t log_size, uint32_t layout,
    unsigned flags)
{
	return make(k, name, data_size, log_size, layout, flags, 1);
}

void
keep_protect(struct keep *k, int writable)
{
	struct proc_range m = {
	    .header = {.type = PROC_MPROTECT, .version = PROC_VERSION},
	    .address = (uintptr_t)k->header,
	    .length = k->mapped,
	    .prot = SKINK_PROT_READ | (writable ? SKINK_PROT_WRITE : 0),
	};

	skink_msg_send(SKINK_PROCMGR_COID, &m, sizeof(m), NULL, 0);
}
