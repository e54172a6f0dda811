/* SPDX-License-Identifier: Apache-2.0 */
/* protect.h - mprotect. */
#ifndef PROCMGR_PROTECT_H
#define PROCMGR_PROTECT_H

#include <stdint.h>

struct request;

/* The part of a protecting job: what is still to do. */
struct protect {
	uint64_t	first, start, end;
	uint32_t	prot;
};

long protect_request(struct request *r);

#endif
