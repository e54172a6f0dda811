/* SPDX-License-Identifier: Apache-2.0 */
/* print.c - formatted text to the firmware's console. Owns one line's buffer. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "arch.h"
#include "print.h"

static struct {
	char text[128];
	size_t len;
} line;

static void
flush(void)
{
	arch_write(line.text, line.len);
	line.len = 0;
}

static void
put(char c)
{
	if (c == '\n')
		put('\r');
	if (line.len == sizeof(line.text))
		flush();
	line.text[line.len++] = c;
}

static void
put_number(uint64_t value, unsigned base)
{
	char digits[20];
	int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	while (n > 0)
		put(digits[--n]);
}

void
print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	for (const char *f = format; *f != '\0'; f++) {
		int wide = 0;
		uint64_t value;

		if (*f != '%') {
			put(*f);
			continue;
		}
		for (f++; *f == 'l'; f++)
			wide = 1;
		switch (*f) {
		case 's':
			for (const char *s = va_arg(args, const char *); *s != '\0'; s++)
				put(*s);
			break;
		case 'c':
			put((char)va_arg(args, int));
			break;
		case 'd':
			value = wide ? va_arg(args, uint64_t) : (uint64_t)va_arg(args, int);
			if ((int64_t)value < 0) {
				put('-');
				value = -value;
			}
			put_number(value, 10);
			break;
		default: /* u, x */
			value = wide ? va_arg(args, uint64_t) : va_arg(args, unsigned);
			put_number(value, *f == 'x' ? 16 : 10);
			break;
		}
	}
	va_end(args);
	flush();
}
