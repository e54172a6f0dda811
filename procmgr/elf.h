/* SPDX-License-Identifier: Apache-2.0 */
/* elf.h - reading a program's file. Pure. */
#ifndef PROCMGR_ELF_H
#define PROCMGR_ELF_H

#include <stdint.h>

#include <skink/procmgr_msg.h>

/* The PT_LOAD segments of a static RISC-V executable, as PROC_SPAWN wants them (coid 0), and its
 * entry. Returns their number, -ENOEXEC. */
long elf_segments(const uint8_t *file, uint64_t size, struct proc_segment *segments,
	uint64_t *entry);

#endif
