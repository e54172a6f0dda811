/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - the compiler's and picolibc's, with this system's own limits. */
#ifndef SKINK_LIMITS_H
#define SKINK_LIMITS_H

#include_next <limits.h>

#undef ARG_MAX
#undef IOV_MAX
#undef NAME_MAX
#undef OPEN_MAX
#undef PATH_MAX
#undef PTHREAD_KEYS_MAX
#undef PTHREAD_STACK_MIN
#undef PTHREAD_DESTRUCTOR_ITERATIONS
#undef SEM_VALUE_MAX

#define ARG_MAX                       16384 /* arguments and environment, with their NULs */
#define IOV_MAX                       62
#define NAME_MAX                      255
#define OPEN_MAX                      1024
#define PATH_MAX                      256 /* absolute, with its NUL */
#define PTHREAD_KEYS_MAX              64
#define PTHREAD_STACK_MIN             4096
#define PTHREAD_DESTRUCTOR_ITERATIONS 4
#define SEM_VALUE_MAX                 0x7fffffff
#define SS_REPL_MAX                   8 /* of SCHED_SPORADIC */

#endif
