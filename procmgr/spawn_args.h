/* SPDX-License-Identifier: Apache-2.0 */
/* spawn_args.h - the parts of spawn that judge what a stranger wrote. Pure functions. */
#ifndef PROCMGR_SPAWN_ARGS_H
#define PROCMGR_SPAWN_ARGS_H

#include <stdint.h>

#include <skink/procmgr_msg.h>

/* Counts, lengths and flags of the fixed part. 0, -EINVAL, -E2BIG. */
long spawn_check_head(const struct proc_spawn *head);
/* Segments and descriptors, head being good. 0, -EINVAL, -ENOEXEC. */
long spawn_check_parts(const struct proc_spawn *head, const struct proc_segment *segments,
	const struct proc_fd *fds);

/* Bytes of the area in which a stack's upper end is made. */
#define STARTUP_AREA	(SKINK_ARGS_MAX + (SKINK_ARG_COUNT_MAX + 2) * 8 + 128)
_Static_assert(STARTUP_AREA % 16 == 0, "STARTUP_AREA");

struct startup_facts {
	int32_t		pid;
	uint32_t	service;
	uint64_t	stack_low;
	uint64_t	stack_high;	/* the area's end will lie there */
	uint64_t	ignored;
	uint64_t	random[2];
};

/* The strings lie in the area's last head->string_bytes bytes. Puts pointers and struct
 * skink_startup before them. Returns the offset of the latter in the area, -EINVAL when the
 * strings are not as head says. */
long startup_build(uint8_t *area, const struct proc_spawn *head, const struct startup_facts *facts);

#endif
