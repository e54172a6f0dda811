/* SPDX-License-Identifier: Apache-2.0 */
/* timespec.c - between POSIX's seconds and the nucleus's nanoseconds. */
#include "../glue.h"

#define NS 1000000000l

long
glue_timespec_ns(const struct timespec *t, uint64_t *ns)
{
	if (t->tv_nsec < 0 || t->tv_nsec >= NS)
		return -EINVAL;
	if (t->tv_sec < 0)
		*ns = 0;
	else if (t->tv_sec >= (time_t)(SKINK_NS_MAX / NS))
		*ns = SKINK_NS_MAX - 1;
	else
		*ns = (uint64_t)t->tv_sec * NS + (uint64_t)t->tv_nsec;
	return 0;
}

struct timespec
glue_ns_timespec(uint64_t ns)
{
	return (struct timespec){.tv_sec = (time_t)(ns / NS), .tv_nsec = (long)(ns % NS)};
}
