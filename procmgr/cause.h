/* SPDX-License-Identifier: Apache-2.0 */
/* cause.h - what an exception of the machine's is called. */
#ifndef PROCMGR_CAUSE_H
#define PROCMGR_CAUSE_H

#include <stdint.h>

/* enum skink_cause of an exception code; never NONE. */
unsigned cause_of(uint32_t code);

#endif
