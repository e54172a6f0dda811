/* SPDX-License-Identifier: Apache-2.0 */
/* more.h - the calls that more.c stands before. */
#ifndef LIBC_GLUE_MORE_H
#define LIBC_GLUE_MORE_H

#include <stdbool.h>

#include <skink/calls.h>

/* Their stubs are called plain_NAME. */
#define MORE_CALLS(X) \
	X(thread_create) \
	X(channel_create) \
	X(connect_attach) \
	X(connect_dup) \
	X(timer_create) \
	X(msg_register_event)
#define MORE_DECLARE(name) extern __typeof__(skink_##name) plain_##name;
MORE_CALLS(MORE_DECLARE)
#undef MORE_DECLARE

/* Asks procmgr for more of a quota that is used up; false: there is none. Blocks until procmgr
 * answers, which ends a timeout that is armed. */
bool quota_more(enum skink_pool quota);

#endif
