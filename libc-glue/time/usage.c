/* SPDX-License-Identifier: Apache-2.0 */
/* usage.c - processor time, of this process and of the children it has waited for. User and system
 * time are not told apart: all of it is user time. */
#include "../glue.h"

#include <sys/resource.h>
#include <sys/times.h>

#define NS_PER_TICK (1000000000u / CLOCKS_PER_SEC)

clock_t
times(struct tms *t)
{
	*t = (struct tms){
	    .tms_utime = (clock_t)(glue_clock_ns(SKINK_CLOCK_PROCESS) / NS_PER_TICK),
	    .tms_cutime = (clock_t)(glue_children_ns() / NS_PER_TICK),
	};
	return (clock_t)(glue_clock_ns(SKINK_CLOCK_MONOTONIC) / NS_PER_TICK);
}

struct rusage
glue_rusage(uint64_t ns)
{
	return (struct rusage){
	    .ru_utime =
		{
		    .tv_sec = (time_t)(ns / 1000000000u),
		    .tv_usec = (suseconds_t)(ns % 1000000000u / 1000),
		},
	};
}

int
getrusage(int who, struct rusage *usage)
{
	if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN)
		return (int)glue_result(-EINVAL);
	*usage = glue_rusage(
	    who == RUSAGE_SELF ? glue_clock_ns(SKINK_CLOCK_PROCESS) : glue_children_ns());
	return 0;
}
