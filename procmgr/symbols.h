/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symbols.h - the file `.symbols` of the image: the functions of its programs, for faults' sake.
 * Written by tools/symbols.py.
 *
 * All numbers are little-endian. Head: "SKSY", u32 version 1, u32 programs, u32 names. Then for
 * each program, sorted by name: u32 offset of its name, u32 offset of its functions, u32 their
 * number, u32 end of its text. Then for each name of a function: u32 offset of its text (with a
 * NUL). Offsets are from the file's start. A program's functions, by address: for each, two
 * LEB128 numbers: its distance in bytes from the one before (the first: from 0), and the number
 * of its name.
 */
#ifndef PROCMGR_SYMBOLS_H
#define PROCMGR_SYMBOLS_H

#include <stdint.h>

/* The file; NULL: there is none, and no address has a symbol. */
void symbols_init(const uint8_t *file, uint32_t size);
/* "name+0x1c" of the function at or below the address, or "" if there is none. */
void symbols_find(const char *program, uint64_t address, char *out, uint32_t size);

#endif
