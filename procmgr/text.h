/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - a small formatter. */
#ifndef PROCMGR_TEXT_H
#define PROCMGR_TEXT_H

#include <stdarg.h>
#include <stdint.h>

/* %s, %d (int), %x (uint64_t, with 0x), %%. Cuts to size - 1 and ends with a NUL; returns the
 * length. */
uint32_t text_vformat(char *out, uint32_t size, const char *format, va_list args);
uint32_t text_format(char *out, uint32_t size, const char *format, ...);

#endif
