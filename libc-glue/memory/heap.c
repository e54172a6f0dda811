/* SPDX-License-Identifier: Apache-2.0 */
/* heap.c - sbrk(), which picolibc's malloc grows by. The heap lies behind the program's data and
 * grows by mapped steps; it never shrinks. Its lock is malloc's. */
#include "../glue.h"

#include <unistd.h>

#define PAGE     4096ul
#define STEP_MIN (4 * PAGE)
#define STEP_MAX (64 * 1024ul)

extern char _end[];

static uintptr_t heap_start;
static uintptr_t heap_break;
static uintptr_t heap_mapped; /* first byte behind what is mapped */

static uintptr_t
round_up(uintptr_t a, uintptr_t unit)
{
	return (a + unit - 1) & ~(unit - 1);
}

/* Small heaps grow by little, large ones by STEP_MAX, so that a quarter is wasted at most. */
static long
grow(uintptr_t wanted)
{
	uintptr_t size = heap_mapped - heap_start;
	uintptr_t step = size / 4 < STEP_MIN ? STEP_MIN : size / 4 > STEP_MAX ? STEP_MAX : size / 4;
	uintptr_t to = round_up(wanted, PAGE);
	long r;

	if (to < heap_mapped + round_up(step, PAGE))
		to = heap_mapped + round_up(step, PAGE);
	r = glue_map(heap_mapped, to - heap_mapped, SKINK_PROT_READ | SKINK_PROT_WRITE,
	    PROC_MAP_ANON | PROC_MAP_PRIVATE | PROC_MAP_FIXED, -1, 0);
	if (r < 0 && to > round_up(wanted, PAGE)) {
		to = round_up(wanted, PAGE);
		r = glue_map(heap_mapped, to - heap_mapped, SKINK_PROT_READ | SKINK_PROT_WRITE,
		    PROC_MAP_ANON | PROC_MAP_PRIVATE | PROC_MAP_FIXED, -1, 0);
	}
	if (r >= 0)
		heap_mapped = to;
	return r;
}

void *
sbrk(ptrdiff_t increment)
{
	uintptr_t old, wanted;

	if (heap_start == 0)
		heap_start = heap_break = heap_mapped = round_up((uintptr_t)_end, PAGE);
	old = heap_break;
	wanted = old + (uintptr_t)increment;
	if (increment < 0 ? wanted > old || wanted < heap_start
			  : wanted < old || wanted > SKINK_MAP_START) {
		errno = ENOMEM;
		return (void *)-1;
	}
	if (wanted > heap_mapped && grow(wanted) < 0) {
		errno = ENOMEM;
		return (void *)-1;
	}
	heap_break = wanted;
	return (void *)old;
}

int
getpagesize(void)
{
	return (int)PAGE;
}
