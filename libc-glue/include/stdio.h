/* SPDX-License-Identifier: Apache-2.0 */
/* stdio.h - picolibc's, and locks: each call is done as a whole, but fputc and its kin for each
 * character. flockfile holds a stream over several calls. */
#ifndef SKINK_STDIO_H
#define SKINK_STDIO_H

#include_next <stdio.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

int skink_vfprintf(FILE *f, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
int skink_vfscanf(FILE *f, const char *format, va_list args) __attribute__((format(scanf, 2, 0)));
#define vfprintf(f, format, args) skink_vfprintf(f, format, args)
#define vfscanf(f, format, args)  skink_vfscanf(f, format, args)

/* Read a line, or up to another delimiter, into *line, which the heap gives and enlarges. The
 * length, its end included; -1 at the file's end or with errno: EINVAL, ENOMEM, what reading
 * fails with. */
ssize_t getline(char **__restrict line, size_t *__restrict size, FILE *__restrict f);
ssize_t getdelim(
    char **__restrict line, size_t *__restrict size, int delimiter, FILE *__restrict f);

void flockfile(FILE *f);
void funlockfile(FILE *f);

#ifdef __cplusplus
}
#endif

#endif
