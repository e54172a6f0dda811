/* SPDX-License-Identifier: Apache-2.0 */
/* spawn_args.c - judges a spawn request and lays out a new stack's upper end. Pure: no process, no
 * memory but what it is given. */
#include <string.h>

#include <skink/errno.h>

#include "pages.h"
#include "spawn_args.h"

#define FLAGS (PROC_SPAWN_SETGROUP | PROC_SPAWN_SETSID | PROC_SPAWN_SERVICE | PROC_SPAWN_SCHED)

long
spawn_check_head(const struct proc_spawn *head)
{
	if ((head->flags & ~FLAGS) != 0 || head->zero != 0 || head->name[SKINK_NAME_MAX - 1] != 0 ||
	    (head->segment_count == 0) != (head->path_bytes != 0) ||
	    head->path_bytes > PROC_PATH_MAX)
		return -SK_EINVAL;
	if ((head->flags & PROC_SPAWN_SETGROUP) && (head->flags & PROC_SPAWN_SETSID))
		return -SK_EINVAL;
	if (head->segment_count > PROC_SEGMENTS_MAX || head->fd_count > PROC_FDS_MAX ||
	    head->argc + head->envc > SKINK_ARG_COUNT_MAX || head->string_bytes > SKINK_ARGS_MAX)
		return -SK_E2BIG;
	if (head->stack_bytes > SKINK_STACK_MAX)
		return -SK_EINVAL;
	return 0;
}

static long
check_segment(const struct proc_segment *s, uint64_t above)
{
	const unsigned wx = SKINK_PROT_WRITE | SKINK_PROT_EXEC;

	if (s->address < above || s->address >= SKINK_KEEP_START || s->memory_bytes == 0 ||
	    s->memory_bytes > SKINK_KEEP_START - s->address || s->file_bytes > s->memory_bytes)
		return -SK_ENOEXEC;
	if ((s->prot & ~7u) != 0 || (s->prot & SKINK_PROT_READ) == 0 || (s->prot & wx) == wx)
		return -SK_EINVAL;
	if (s->coid < 0)
		return s->file_bytes == 0 ? 0 : -SK_EINVAL;
	if ((s->offset ^ s->address) % PAGE_SIZE != 0 || s->offset > UINT64_MAX - s->file_bytes)
		return -SK_EINVAL;
	return 0;
}

long
spawn_check_parts(
    const struct proc_spawn *head, const struct proc_segment *segments, const struct proc_fd *fds)
{
	uint64_t above = SKINK_PROGRAM_START, taken[SKINK_COIDS / 64] = {0};
	bool entry_is_good = false;

	for (unsigned i = 0; i < head->segment_count; i++) { /* <= PROC_SEGMENTS_MAX */
		const struct proc_segment *s = &segments[i];
		long error = check_segment(s, above);

		if (error < 0)
			return error;
		/* No page belongs to two segments. */
		above = (s->address + s->memory_bytes + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
		if ((s->prot & SKINK_PROT_EXEC) && head->entry >= s->address &&
		    head->entry - s->address < s->file_bytes)
			entry_is_good = head->entry % 2 == 0;
	}
	for (unsigned i = 0; i < head->fd_count; i++) { /* <= PROC_FDS_MAX */
		int32_t child = fds[i].child;

		if (child < 0 || child >= SKINK_COIDS || fds[i].parent < 0)
			return -SK_EINVAL;
		if (taken[child / 64] >> child % 64 & 1)
			return -SK_EINVAL;
		taken[child / 64] |= 1ull << child % 64;
	}
	return entry_is_good ? 0 : -SK_ENOEXEC;
}

/* `count` pointers to the strings from *text on; NULL after them. */
static uint64_t *
point_at(uint64_t *pointers, unsigned count, const char **text, uint64_t shift)
{
	for (; count > 0; count--) {
		*pointers++ = (uintptr_t)*text + shift;
		*text += strlen(*text) + 1;
	}
	*pointers++ = 0;
	return pointers;
}

long
startup_build(uint8_t *area, const struct proc_spawn *head, const struct startup_facts *facts)
{
	uint8_t *end = area + STARTUP_AREA;
	const char *text = (char *)end - head->string_bytes;
	unsigned strings = 0, count = head->argc + head->envc + 1;
	uint64_t shift = facts->stack_high - (uintptr_t)end, *pointers;
	struct skink_startup *startup;

	for (const char *c = text; c < (char *)end; c++)
		strings += *c == 0;
	if (head->string_bytes == 0 || end[-1] != 0 || strings != count)
		return -SK_EINVAL;
	startup = (struct skink_startup *)(((uintptr_t)text - (count + 1) * 8 - sizeof(*startup)) &
	    ~(uintptr_t)15);
	*startup = (struct skink_startup){
	    .magic = SKINK_STARTUP_MAGIC,
	    .version = SKINK_STARTUP_VERSION,
	    .pid = facts->pid,
	    .service = facts->service,
	    .argc = head->argc,
	    .envc = head->envc,
	    .stack_low = facts->stack_low,
	    .stack_high = facts->stack_high,
	    .ignored = facts->ignored,
	    .random = {facts->random[0], facts->random[1]},
	};
	pointers = (uint64_t *)(startup + 1);
	startup->argv = (char **)((uintptr_t)pointers + shift);
	pointers = point_at(pointers, head->argc, &text, shift);
	startup->envp = (char **)((uintptr_t)pointers + shift);
	pointers = point_at(pointers, head->envc, &text, shift);
	startup->cwd = (char *)((uintptr_t)text + shift);
	if (*text != '/')
		return -SK_EINVAL;
	return (uint8_t *)startup - area;
}
