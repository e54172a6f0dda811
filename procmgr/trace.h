/* SPDX-License-Identifier: Apache-2.0 */
/* trace.h - where the nucleus's trace goes, and what it takes in. */
#ifndef PROCMGR_TRACE_H
#define PROCMGR_TRACE_H

struct request;

long trace_ring_request(struct request *r);
long trace_set_request(struct request *r);

#endif
