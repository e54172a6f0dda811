/* SPDX-License-Identifier: Apache-2.0 */
/* sleep.c - waits. Counts from one clock reading, so an interrupted wait is not lengthened. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "cmd.h"

static const char usage[] = "usage: sleep SECONDS...\n"
			    "Waits for the sum of the given times; fractions are allowed.\n";

#define NS_PER_S    1000000000L
#define SECONDS_MAX 1000000000L

/* "1.25" in nanoseconds, without floating point. */
static long
parse_time(const char *s)
{
	long seconds = 0;
	long ns = 0;
	long unit = NS_PER_S / 10;
	const char *p = s;
	bool any = false;

	for (; *p >= '0' && *p <= '9'; p++, any = true)
		seconds = seconds < SECONDS_MAX ? seconds * 10 + (*p - '0') : SECONDS_MAX;
	if (*p == '.') {
		for (p++; *p >= '0' && *p <= '9'; p++, any = true) {
			ns += (*p - '0') * unit;
			unit /= 10;
		}
	}
	if (*p == 's' && any)
		p++;
	if (!any || *p != '\0') {
		cmd_warn("%s: bad time", s);
		exit(2);
	}
	return (seconds < SECONDS_MAX ? seconds : SECONDS_MAX) * NS_PER_S + ns;
}

int
main(int argc, char **argv)
{
	struct timespec until;
	char **times;
	int error;

	cmd_start(argc, argv, usage);
	cmd_option("");
	times = cmd_operands();
	if (*times == NULL)
		cmd_usage();
	clock_gettime(CLOCK_MONOTONIC, &until);
	for (; *times != NULL; times++) {
		long ns = parse_time(*times);

		until.tv_sec += ns / NS_PER_S;
		until.tv_nsec += ns % NS_PER_S;
		if (until.tv_nsec >= NS_PER_S) {
			until.tv_nsec -= NS_PER_S;
			until.tv_sec++;
		}
	}
	do {
		error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	} while (error == EINTR);
	if (error != 0) {
		errno = error;
		cmd_error("cannot wait");
		return 1;
	}
	return 0;
}
