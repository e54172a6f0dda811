/* SPDX-License-Identifier: Apache-2.0 */
/* sample.c - a figure's samples and what is printed of them. Owns the array, which is touched
 * before the first sample is taken; never reads a clock but to find what reading one costs. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OVERHEAD_SAMPLES 64
#define HISTOGRAM_LINES  64

static uint32_t *samples;
static long room, count;

int
sample_start(long n)
{
	if (n > room) {
		free(samples);
		samples = malloc((size_t)n * sizeof(*samples));
		if (samples == NULL) {
			room = 0;
			fprintf(stderr, "bench: no memory for %ld samples\n", n);
			return -1;
		}
		room = n;
	}
	count = 0;
	return 0;
}

void
sample_add(uint64_t n)
{
	if (count < room)
		samples[count++] = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

uint64_t
sample_overhead(void)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < OVERHEAD_SAMPLES; i++) {
		uint64_t start = counter_now(), n = counter_now() - start;

		if (n < least)
			least = n;
	}
	return least;
}

/* At most HISTOGRAM_LINES bars of equal width, those that are empty left out. */
static void
print_histogram(const char *name)
{
	uint32_t width = (samples[count - 1] - samples[0]) / HISTOGRAM_LINES + 1;

	printf("histogram %s width %u:", name, width);
	for (long i = 0, n; i < count; i += n) {
		uint32_t bar = (samples[i] - samples[0]) / width;

		for (n = 1; i + n < count && (samples[i + n] - samples[0]) / width == bar; n++)
			;
		printf(" %u=%ld", samples[0] + bar * width, n);
	}
	putchar('\n');
}

void
sample_print(const char *name, uint64_t overhead, uint64_t parts, int histogram)
{
	if (count == 0) {
		printf("figure %s: no samples\n", name);
		return;
	}
	for (long i = 0; i < count; i++)
		samples[i] = (uint32_t)((samples[i] - overhead) / parts);
	qsort(samples, (size_t)count, sizeof(*samples), compare);
	printf("figure %s value %u min %u max %u count %ld\n", name, samples[count / 2], samples[0],
	    samples[count - 1], count);
	if (histogram)
		print_histogram(name);
}
