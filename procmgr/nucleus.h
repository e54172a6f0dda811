/* SPDX-License-Identifier: Apache-2.0 */
/* nucleus.h - the nucleus calls that procmgr makes, and its end when it cannot go on. */
#ifndef PROCMGR_NUCLEUS_H
#define PROCMGR_NUCLEUS_H

#include <skink/calls.h>
#include <skink/errno.h>
#include <skink/manager_calls.h>

/* procmgr's own mistake, or a machine it cannot run on: ends procmgr, which ends the system.
 * `what` is short: the nucleus's report shows it as the thread's name. */
void procmgr_stop(const char *what) __attribute__((noreturn));

#endif
