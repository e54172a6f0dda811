/* SPDX-License-Identifier: Apache-2.0 */
/* sys/features.h - which POSIX options there are, over picolibc's header, which knows none. */
#ifndef SKINK_SYS_FEATURES_H
#define SKINK_SYS_FEATURES_H

#include_next <sys/features.h>

#define _POSIX_TIMERS                     200809L
#define _POSIX_MONOTONIC_CLOCK            200809L
#define _POSIX_CLOCK_SELECTION            200809L
#define _POSIX_CPUTIME                    200809L
#define _POSIX_THREAD_CPUTIME             200809L
#define _POSIX_TIMEOUTS                   200809L
#define _POSIX_THREADS                    200809L
#define _POSIX_THREAD_SAFE_FUNCTIONS      200809L
#define _POSIX_THREAD_ATTR_STACKADDR      200809L
#define _POSIX_THREAD_ATTR_STACKSIZE      200809L
#define _POSIX_THREAD_PRIORITY_SCHEDULING 200809L
#define _POSIX_THREAD_PRIO_INHERIT        200809L
#define _POSIX_THREAD_PROCESS_SHARED      200809L
#define _POSIX_PRIORITY_SCHEDULING        200809L
#define _POSIX_SEMAPHORES                 200809L
#define _POSIX_BARRIERS                   200809L
#define _POSIX_READER_WRITER_LOCKS        200809L
#define _POSIX_SPIN_LOCKS                 200809L
#define _POSIX_SHARED_MEMORY_OBJECTS      200809L
#define _POSIX_MEMORY_PROTECTION          200809L
#define _POSIX_FSYNC                      200809L
#define _POSIX_SPAWN                      200809L

#endif
