/* SPDX-License-Identifier: Apache-2.0 */
/* share.h - how much of its quotas a process gives to a child. */
#ifndef LIBC_GLUE_SHARE_H
#define LIBC_GLUE_SHARE_H

#include "../glue.h"

/* percent of each quota's free part; 0: none is chosen, and quota stays as it is. 0 or a negative
 * error. */
long share_work_out(unsigned percent, uint32_t quota[SKINK_QUOTA_COUNT]);

#endif
