/* SPDX-License-Identifier: Apache-2.0 */
/* stdio.h - picolibc's, and locks: each call is done as a whole, but fputc and its kin for each
 * character. flockfile holds a stream over several calls. */
#ifndef SKINK_STDIO_H
#define SKINK_STDIO_H

#include_next <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

int skink_vfprintf(FILE *f, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
int skink_vfscanf(FILE *f, const char *format, va_list args) __attribute__((format(scanf, 2, 0)));
#define vfprintf(f, format, args) skink_vfprintf(f, format, args)
#define vfscanf(f, format, args)  skink_vfscanf(f, format, args)

void flockfile(FILE *f);
void funlockfile(FILE *f);

#ifdef __cplusplus
}
#endif

#endif
