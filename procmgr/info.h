/* SPDX-License-Identifier: Apache-2.0 */
/* info.h - looking: processes, memory, symbols, facts. */
#ifndef PROCMGR_INFO_H
#define PROCMGR_INFO_H

#include <skink/boot.h>

struct request;

/* start_instret: instret CSR at procmgr's first instruction. */
void info_init(const struct skink_boot *boot, uint64_t start_instret);
long info_request(struct request *r);
long info_symbol_request(struct request *r);
long info_system_request(struct request *r);

#endif
