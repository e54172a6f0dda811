/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RISCV_LOADER_H
#define RISCV_LOADER_H

struct skink_boot;

/* Makes process 1 of the image's `procmgr`, ready to run. `info`: all but the memory left
 * is filled. */
void loader_start(struct skink_boot *info);

#endif
