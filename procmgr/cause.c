/* SPDX-License-Identifier: Apache-2.0 */
/* cause.c - the exceptions of RISC-V (privileged architecture, scause) in the system's words. */
#include "cause.h"

#include <skink/status.h>

/* All others are ACCESS: also those of the future (a hardware error) are the thread's loss. */
static const uint8_t causes[16] = {
    [0] = SKINK_CAUSE_MISALIGNED, /* instruction */
    [2] = SKINK_CAUSE_ILLEGAL,
    [3] = SKINK_CAUSE_BREAKPOINT,
    [4] = SKINK_CAUSE_MISALIGNED, /* load */
    [6] = SKINK_CAUSE_MISALIGNED, /* store, atomic */
    [12] = SKINK_CAUSE_FETCH,
    [13] = SKINK_CAUSE_LOAD,
    [15] = SKINK_CAUSE_STORE,
};

unsigned
cause_of(uint32_t code)
{
	unsigned cause = code < sizeof(causes) ? causes[code] : SKINK_CAUSE_NONE;

	return cause != SKINK_CAUSE_NONE ? cause : SKINK_CAUSE_ACCESS;
}
