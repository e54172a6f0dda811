/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout.h - where things lie in Sv39's upper half, for C, assembler and the linker script.
 *
 *	0x00_0000_1000	user (skink/manager.h), a page table each
 *	0x40_0000_0000	no addresses: Sv39's hole
 *	DIRECT_BASE	physical address 0, and so on to DIRECT_SIZE: the direct map. RAM is mapped
 *			read-write, but for nucleus text (R-X), nucleus constants, image and device
 *			tree (R--); firmware memory and the page below the stack not at all. Of the
 *			devices: interrupt controller and test finisher. The nucleus runs here.
 */
#ifndef RISCV_LAYOUT_H
#define RISCV_LAYOUT_H

#define NUCLEUS_BASE	0xffffffc000000000
#ifndef DIRECT_BASE				/* start-up's: 0, translation is off */
#define DIRECT_BASE	NUCLEUS_BASE
#endif
#define DIRECT_SIZE	0x1000000000		/* 64 GiB */

#define PAGE_SHIFT	12
#define PAGE_SIZE	4096
/* of the stack that a panic of the trap entry uses */
#define EMERGENCY_SIZE	2048

/* Page table entries. */
#define PTE_V		0x001
#define PTE_R		0x002
#define PTE_W		0x004
#define PTE_X		0x008
#define PTE_U		0x010
#define PTE_G		0x020
#define PTE_A		0x040
#define PTE_D		0x080
#define PTE_HELD	0x100			/* ours: mapped, perhaps without any access */
#define PTE_DEVICE	0x200			/* ours: the nucleus must not touch it */
#define SATP_SV39	0x8000000000000000

#endif
