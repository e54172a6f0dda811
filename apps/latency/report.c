/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - what is said of one kind's samples: least, mean, most, percentiles, histogram. Owns
 * nothing; sorts what it is given. */
#include "latency.h"

#include <stdio.h>
#include <stdlib.h>

#define BARS  24
#define WIDTH 50

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* The least value that so many thousandths of the samples do not exceed. */
static uint32_t
percentile(const uint32_t *samples, long count, long thousandths)
{
	long n = (count * thousandths + 999) / 1000;

	return samples[n > 0 ? n - 1 : 0];
}

static void
print_histogram(const uint32_t *samples, long count)
{
	uint32_t width = (samples[count - 1] - samples[0]) / BARS + 1;

	for (long i = 0, n; i < count; i += n) {
		uint32_t bar = (samples[i] - samples[0]) / width;

		for (n = 1; i + n < count && (samples[i + n] - samples[0]) / width == bar; n++)
			;
		printf("%10u %8ld ", samples[0] + bar * width, n);
		for (long stars = (n * WIDTH + count - 1) / count; stars > 0; stars--)
			putchar('*');
		putchar('\n');
	}
}

void
report(const char *name, uint32_t *samples, long count, int histogram)
{
	uint64_t sum = 0;

	qsort(samples, (size_t)count, sizeof(*samples), compare);
	for (long i = 0; i < count; i++)
		sum += samples[i];
	printf("%-10s %8u %8llu %8u %8u %8u %8u %8u\n", name, samples[0],
	    (unsigned long long)(sum / (uint64_t)count), samples[count - 1],
	    percentile(samples, count, 500), percentile(samples, count, 900),
	    percentile(samples, count, 990), percentile(samples, count, 999));
	if (histogram)
		print_histogram(samples, count);
	fflush(stdout);
}
