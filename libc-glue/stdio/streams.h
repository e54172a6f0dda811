/* SPDX-License-Identifier: Apache-2.0 */
/* streams.h - what the stdio files share. */
#ifndef LIBC_GLUE_STREAMS_H
#define LIBC_GLUE_STREAMS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdio-bufio.h>

/* Every stream that has a descriptor is one of these; the list is under streams_lock. */
struct stream {
	struct __file_bufio bufio; /* first: a FILE * points here */
	bool appends; /* whatever is written goes to the file's end */
	struct stream *next;
};

/* Take and release the stream's own lock (recursive); streams without descriptor have none. */
void stream_lock(FILE *f);
void stream_unlock(FILE *f);
/* Notes that the stream failed, with an errno value unless it is 0; EOF. */
int stream_fail(FILE *f, int error);
/* Moves and tells the position: lseek()'s arguments. */
__off_t stream_seek(FILE *f, __off_t offset, int whence);
void stream_add(struct stream *s);
void stream_remove(struct stream *s);

#endif
