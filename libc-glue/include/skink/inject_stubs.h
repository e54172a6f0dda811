/* SPDX-License-Identifier: Apache-2.0 */
/*
 * skink/inject_stubs.h - where every program linked with crt0.o keeps the instructions that fault
 * injection jumps to (p_thread_jump to the ELF entry + offset). They use no stack and no register
 * but t0, so they work in whatever state a thread is. Assembler may include this.
 */
#ifndef SKINK_INJECT_STUBS_H
#define SKINK_INJECT_STUBS_H

#define SKINK_STUB_STORE 16 /* a store to SKINK_STUB_STORE_ADDRESS */
#define SKINK_STUB_LOOP  32 /* an endless loop */
#define SKINK_STUB_END   48
/* In the first page, which is never mapped. A wild jump needs no stub: jump there. */
#define SKINK_STUB_STORE_ADDRESS 0xba8

#endif
