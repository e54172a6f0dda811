/* SPDX-License-Identifier: Apache-2.0 */
/* date.c - prints the date and time. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cmd.h"

static const char usage[] =
    "usage: date [-u] [+FORMAT]\n"
    "Prints the date and time, by FORMAT as strftime reads it. -u is UTC.\n";

int
main(int argc, char **argv)
{
	char text[512];
	const char *format = "+%a %b %e %H:%M:%S %Z %Y";
	bool utc = false;
	struct timespec now;
	struct tm parts;
	char **operands;

	cmd_start(argc, argv, usage);
	while (cmd_option("u") != 0)
		utc = true;
	/* What strftime calls the zone, which without one would be GMT. */
	setenv("TZ", "UTC0", utc);
	tzset();
	operands = cmd_operands();
	if (*operands != NULL) {
		format = *operands;
		if (*format != '+' || operands[1] != NULL)
			cmd_usage();
	}
	if (clock_gettime(CLOCK_REALTIME, &now) < 0) {
		cmd_error("no time");
		return 1;
	}
	if ((utc ? gmtime_r(&now.tv_sec, &parts) : localtime_r(&now.tv_sec, &parts)) == NULL) {
		cmd_error("%lld", (long long)now.tv_sec);
		return 1;
	}
	/* Behind the + the result may be empty, which 0 would mean as well; the + stays in. */
	if (strftime(text, sizeof(text), format, &parts) == 0) {
		cmd_warn("the result is too long");
		return 1;
	}
	puts(text + 1);
	return cmd_finish(0);
}
