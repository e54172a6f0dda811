/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.c - messages to the user. Owns their form: who speaks, where it went
 * wrong, what is wrong; never decides what happens next.
 */
#include <errno.h>
#include <unistd.h>

#include "shell.h"

bool
write_all(int fd, const char *s, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, s, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s += n;
		len -= (size_t)n;
	}
	return true;
}

static void
vreport(struct shell *sh, const char *fmt, va_list ap)
{
	struct strbuf b = {0};

	if (sh->source != NULL)
		strbuf_printf(&b, "%s: %d: ", sh->source, sh->line);
	else
		strbuf_puts(&b, "esh: ");
	strbuf_vprintf(&b, fmt, ap);
	strbuf_putc(&b, '\n');
	/* Nobody is left to tell when standard error does not work. */
	(void)write_all(2, b.data, b.len);
	strbuf_free(&b);
}

void
report(struct shell *sh, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vreport(sh, fmt, ap);
	va_end(ap);
}

int
report_abort(struct shell *sh, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vreport(sh, fmt, ap);
	va_end(ap);
	sh->flow = FLOW_ABORT;
	sh->status = 2;
	return 2;
}
