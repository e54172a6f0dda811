/* SPDX-License-Identifier: Apache-2.0 */
/* print.h - text on the firmware's console; for boot and panic only, a character costs about 450
 * instructions there. */
#ifndef NUCLEUS_PRINT_H
#define NUCLEUS_PRINT_H

/* %s; %d and %u, both of numbers that are not negative; %x; with any number of l's for 64 bits. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
