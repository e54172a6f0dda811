/* SPDX-License-Identifier: Apache-2.0 */
/* r-crash.c - a service that does not stay: `r-crash MS HOW`: after MS milliseconds it faults,
 * exits with a number, or (without HOW) sleeps on. It serves no path. */
#include "r-target.h"

static volatile uint32_t *volatile nowhere = (uint32_t *)0x20;

int
main(int argc, char **argv)
{
	uint64_t ms = argc > 1 ? strtoull(argv[1], NULL, 0) : 0;

	skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, ms * MS + 1);
	if (argc > 2 && strcmp(argv[2], "fault") == 0)
		*nowhere = 1;
	if (argc > 2)
		return atoi(argv[2]);
	for (;;)
		skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, 1000 * MS);
}
