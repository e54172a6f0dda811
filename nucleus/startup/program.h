/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STARTUP_PROGRAM_H
#define STARTUP_PROGRAM_H

#include "startup.h"

/* Places the image's `procmgr` in memory, completes `boot`, makes an address space with both; tells
 * the handoff. Nothing can be taken of memory any more. Start-up's last work: it ends here for
 * nucleus_instret. */
void program_place(struct skink_boot *boot);

#endif
