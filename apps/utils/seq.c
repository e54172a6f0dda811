/* SPDX-License-Identifier: Apache-2.0 */
/* seq.c - counts. */
#include <limits.h>
#include <stdio.h>

#include "cmd.h"

static const char usage[] =
	"usage: seq [FIRST [STEP]] LAST\n"
	"Prints the whole numbers from FIRST (1) to LAST, STEP (1) apart.\n";

int
main(int argc, char **argv)
{
	long values[3];
	long first = 1, step = 1, last;
	int n = 0;

	cmd_start(argc, argv, usage);
	/* Operands may be negative, so there are no options here. */
	for (; n < 3 && n + 1 < argc; n++)
		values[n] = cmd_number(argv[n + 1], -LONG_MAX, LONG_MAX);
	if (n == 0 || argc > 4)
		cmd_usage();
	last = values[n - 1];
	if (n > 1)
		first = values[0];
	if (n > 2)
		step = values[1];
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
