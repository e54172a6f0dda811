/* SPDX-License-Identifier: Apache-2.0 */
/* print.h - text on the firmware's console; for boot and panic only, a character costs about 450
 * instructions there. */
#ifndef NUCLEUS_PRINT_H
#define NUCLEUS_PRINT_H

/* %s %c %d %u %x, with any number of l's for 64 bits. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says "nucleus: stop: why" and ends the run with a failure status: the machine, or what was
 * loaded, is not good. */
void stop(const char *why) __attribute__((noreturn));

#endif
