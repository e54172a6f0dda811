/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - a small formatter, as procmgr has no stdio. */
#include "text.h"

struct out {
	char *at, *end;
};

static void
put(struct out *o, char c)
{
	if (o->at < o->end)
		*o->at++ = c;
}

static void
put_number(struct out *o, uint64_t value, unsigned base)
{
	char digits[24];
	unsigned n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	while (n > 0)
		put(o, digits[--n]);
}

static void
put_one(struct out *o, char kind, va_list *args)
{
	const char *s;
	int d;

	switch (kind) {
	case 's':
		for (s = va_arg(*args, const char *); *s != 0; s++)
			put(o, *s);
		break;
	case 'd':
		d = va_arg(*args, int);
		if (d < 0)
			put(o, '-');
		put_number(o, d < 0 ? -(uint64_t)d : (uint64_t)d, 10);
		break;
	case 'x':
		put(o, '0');
		put(o, 'x');
		put_number(o, va_arg(*args, uint64_t), 16);
		break;
	default:
		put(o, kind);
	}
}

uint32_t
text_vformat(char *out, uint32_t size, const char *format, va_list args)
{
	struct out o = {out, out + size - 1};
	va_list copy;

	va_copy(copy, args);
	for (; *format != 0; format++) {
		if (*format == '%' && format[1] != 0)
			put_one(&o, *++format, &copy);
		else
			put(&o, *format);
	}
	va_end(copy);
	*o.at = 0;
	return o.at - out;
}

uint32_t
text_format(char *out, uint32_t size, const char *format, ...)
{
	va_list args;
	uint32_t length;

	va_start(args, format);
	length = text_vformat(out, size, format, args);
	va_end(args);
	return length;
}
