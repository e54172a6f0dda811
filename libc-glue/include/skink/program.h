/* SPDX-License-Identifier: Apache-2.0 */
/* skink/program.h - reading programs, for whoever starts them. Makes no system call of its own and
 * does not block but in the reader it is given. */
#ifndef SKINK_PROGRAM_H
#define SKINK_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#define PROGRAM_SEGMENTS_MAX 8

struct program_segment {
	uint64_t address;
	uint64_t memory_bytes; /* > 0 */
	uint64_t file_bytes; /* <= memory_bytes */
	uint64_t offset; /* in the file; same place in its page as address */
	uint32_t prot; /* SKINK_PROT_; never write and exec together */
};

struct program {
	uint64_t entry; /* inside an executable segment */
	unsigned count; /* >= 1 */
	struct program_segment
	    segments[PROGRAM_SEGMENTS_MAX]; /* by address; no page in two of them */
};

/* Reads `size` bytes at `offset` of the file: the bytes got, fewer at its end; or a negative
 * error. */
typedef long program_reader(void *file, void *buffer, size_t size, uint64_t offset);

/*
 * Finds out what to load from where. The file is not trusted: whatever is wrong with it, down to
 * overflowing numbers, is -ENOEXEC. A reader's own error is passed on. At most two reads.
 */
long program_read(struct program *program, program_reader *reader, void *file);

#endif
