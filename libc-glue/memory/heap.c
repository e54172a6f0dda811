/* SPDX-License-Identifier: Apache-2.0 */
/* heap.c - sbrk(), which picolibc's malloc grows by. The heap is made of mapped areas, in one piece
 * as long as procmgr finds room behind the last one; malloc copes with gaps. It never shrinks. Its
 * lock is malloc's. */
#include "../glue.h"

#include <unistd.h>

#define PAGE     4096ul
#define STEP_MIN (4 * PAGE)
#define STEP_MAX (64 * 1024ul)

static char *area_start; /* of the newest area; NULL: none yet */
static char *area_break; /* given to malloc up to here */
static char *area_end; /* mapped up to here */
static size_t mapped_bytes; /* of all areas */

static size_t
round_up(size_t n, size_t unit)
{
	return (n + unit - 1) & ~(unit - 1);
}

static long
map(size_t bytes)
{
	return glue_map(
	    0, bytes, SKINK_PROT_READ | SKINK_PROT_WRITE, PROC_MAP_ANON | PROC_MAP_PRIVATE, -1, 0);
}

/* Room for `wanted` bytes at area_break, maybe in a new area. Small heaps grow by little, large
 * ones by STEP_MAX, so that a quarter is wasted at most. */
static bool
grow(size_t wanted)
{
	size_t step = mapped_bytes / 4 < STEP_MIN ? STEP_MIN
	    : mapped_bytes / 4 > STEP_MAX         ? STEP_MAX
						  : round_up(mapped_bytes / 4, PAGE);
	size_t bytes = round_up(wanted, PAGE);
	long r;

	if (bytes < wanted)
		return false;
	if (bytes < step)
		bytes = step;
	r = map(bytes);
	if (r < 0 && bytes > round_up(wanted, PAGE)) {
		bytes = round_up(wanted, PAGE);
		r = map(bytes);
	}
	if (r < 0)
		return false;
	if ((char *)r != area_end)
		area_start = area_break = (char *)r;
	area_end = (char *)r + bytes;
	mapped_bytes += bytes;
	return true;
}

/* Gives back no more than what the newest area holds. */
void *
sbrk(ptrdiff_t increment)
{
	char *old;

	if (increment < 0 ? area_break - area_start < -increment
			  : area_end - area_break < increment && !grow((size_t)increment)) {
		errno = ENOMEM;
		return (void *)-1;
	}
	old = area_break;
	area_break += increment;
	return old;
}

int
getpagesize(void)
{
	return (int)PAGE;
}
