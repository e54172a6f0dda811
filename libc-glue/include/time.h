/* SPDX-License-Identifier: Apache-2.0 */
/* time.h - picolibc's, with the clock ids of the nucleus (QNX's), so that every call takes the
 * same ones. */
#ifndef SKINK_TIME_H
#define SKINK_TIME_H

/* picolibc's declares timer_create, so it needs struct sigevent, which needs this one's types. */
#include_next <time.h>

#undef CLOCK_REALTIME
#undef CLOCK_MONOTONIC
#undef CLOCK_PROCESS_CPUTIME_ID
#undef CLOCK_THREAD_CPUTIME_ID
#undef TIMER_ABSTIME
#define CLOCK_REALTIME           ((clockid_t)0)
#define CLOCK_MONOTONIC          ((clockid_t)2)
#define CLOCK_PROCESS_CPUTIME_ID ((clockid_t)4)
#define CLOCK_THREAD_CPUTIME_ID  ((clockid_t)5)
#define TIMER_ABSTIME            1

#endif
