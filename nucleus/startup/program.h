/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STARTUP_PROGRAM_H
#define STARTUP_PROGRAM_H

struct handoff;

/* Places the image's `procmgr` in memory; returns where the completed handoff lies for good. */
struct handoff *program_place(struct handoff *h);

#endif
