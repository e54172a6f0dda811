/* SPDX-License-Identifier: Apache-2.0 */
/* sys/sched.h - the old place of <sched.h>. */
#include <sched.h>
