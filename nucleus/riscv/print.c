/* SPDX-License-Identifier: Apache-2.0 */
/* print.c - formatted text to the firmware's console, character by character. Owns nothing. */

#include "panic.h"

#include <stdarg.h>
#include <stdint.h>

#include "sbi.h"

static void
put(char c)
{
	if (c == '\n')
		sbi_put('\r');
	sbi_put(c);
}

static void
put_string(const char *s)
{
	while (*s != '\0')
		put(*s++);
}

static void
put_number(uint64_t value, unsigned base)
{
	char digits[21] = "";
	int n = sizeof(digits) - 1;

	do {
		digits[--n] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	put_string(&digits[n]);
}

void
print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	for (const char *f = format; *f != '\0'; f++) {
		if (*f != '%')
			put(*f);
		else if (*++f == 's')
			put_string(va_arg(args, const char *));
		else
			put_number(va_arg(args, uint64_t), *++f == 'x' ? 16 : 10);
	}
	va_end(args);
}
