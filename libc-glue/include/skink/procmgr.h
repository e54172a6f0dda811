/* SPDX-License-Identifier: Apache-2.0 */
/* skink/procmgr.h - sends the requests of skink/procmgr_msg.h. Blocks until procmgr answers. */
#ifndef SKINK_PROCMGR_H
#define SKINK_PROCMGR_H

#include <stddef.h>

#include <skink/procmgr_msg.h>

/* Fills in the header of *request, which begins with struct proc_header, and sends it. The status
 * (>= 0), or a negated error number. */
long procmgr_ask(
    enum proc_request type, void *request, size_t size, void *reply, size_t reply_size);
/* The same with `tail_size` bytes of *tail behind the request. */
long procmgr_ask_tail(enum proc_request type, void *request, size_t size, const void *tail,
    size_t tail_size, void *reply, size_t reply_size);

#endif
