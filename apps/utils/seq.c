/* SPDX-License-Identifier: Apache-2.0 */
/* seq.c - counts. */
#include <limits.h>
#include <stdio.h>

#include "cmd.h"

static const char usage[] = "usage: seq [FIRST [STEP]] LAST\n"
			    "Prints the whole numbers from FIRST (1) to LAST, STEP (1) apart.\n";

int
main(int argc, char **argv)
{
	long first = 1, step = 1, last;

	cmd_start(argc, argv, usage);
	/* Operands may be negative, so there are no options here. */
	if (argc < 2 || argc > 4)
		cmd_usage();
	last = cmd_number(argv[argc - 1], -LONG_MAX, LONG_MAX);
	if (argc > 2)
		first = cmd_number(argv[1], -LONG_MAX, LONG_MAX);
	if (argc > 3)
		step = cmd_number(argv[2], -LONG_MAX, LONG_MAX);
	if (step == 0) {
		cmd_warn("a step of 0 has no end");
		return 2;
	}
	while (step > 0 ? first <= last : first >= last) {
		printf("%ld\n", first);
		if (step > 0 ? first > LONG_MAX - step : first < LONG_MIN - step)
			break;
		first += step;
	}
	return cmd_finish(0);
}
