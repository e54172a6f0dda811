/* SPDX-License-Identifier: Apache-2.0 */
/* inject.h - faults on purpose, and the end of the system. */
#ifndef PROCMGR_INJECT_H
#define PROCMGR_INJECT_H

struct request;

long inject_request(struct request *r);
long inject_reset_request(struct request *r);

#endif
