/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.c - the lines entered at the prompt, in memory only. Owns a ring of
 * them; a line equal to the one before it is kept once.
 */
#include <stdlib.h>
#include <string.h>

#include "edit.h"

static struct {
	char *lines[HISTORY_MAX];
	size_t n; /* ever added */
} history;

const char *
history_get(size_t n)
{
	if (n >= history.n || n >= HISTORY_MAX)
		return NULL;
	return history.lines[(history.n - 1 - n) % HISTORY_MAX];
}

void
history_add(const char *line)
{
	const char *last = history_get(0);
	char **slot = &history.lines[history.n % HISTORY_MAX];

	if (line[strspn(line, " \t")] == '\0' || (last != NULL && strcmp(last, line) == 0))
		return;
	free(*slot);
	*slot = mem_strdup(line);
	history.n++;
}

void
history_print(struct strbuf *out)
{
	size_t first = history.n > HISTORY_MAX ? history.n - HISTORY_MAX : 0;

	for (size_t i = first; i < history.n; i++)
		strbuf_printf(out, "%5zu  %s\n", i + 1, history.lines[i % HISTORY_MAX]);
}

void
history_free(void)
{
	for (size_t i = 0; i < HISTORY_MAX; i++) {
		free(history.lines[i]);
		history.lines[i] = NULL;
	}
	history.n = 0;
}
