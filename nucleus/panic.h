/* SPDX-License-Identifier: Apache-2.0 */
/* panic.h - the end of the nucleus by its own mistake: says what, where and the value, then stops
 * the machine with a failure status. A caller's mistake is an error number, never this. */
#ifndef NUCLEUS_PANIC_H
#define NUCLEUS_PANIC_H

#include <stdint.h>

void panic(const char *file, int line, const char *what, uint64_t value) __attribute__((noreturn));

#define PANIC(what, value)	panic(__FILE__, __LINE__, what, (uint64_t)(value))
#define ASSERT(condition)	((condition) ? (void)0 : PANIC(#condition, 0))

/* Text on the firmware's console; for boot and panic only, a character costs about 450 instructions
 * there. %s, %lu and %lx alone. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The portable core's words on a panic: who runs, the last trace events. Printed by print(). Must
 * believe nothing it reads. */
void panic_context(void);

#endif
