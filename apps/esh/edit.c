/* SPDX-License-Identifier: Apache-2.0 */
/*
 * edit.c - editing one line. Shows a window of it on a single row, so that no
 * terminal needs to know more than \r, \b and blanks, but for ^L. Output
 * processing is left on. Owns the line while it is edited; never changes the terminal's modes.
 */
#include "edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell.h"

#define CTRL(c)         ((c)&0x1f)
#define KEY_EOF         (-1)
#define COLUMNS_DEFAULT 80
#define COLUMNS_MIN     16

enum key {
	KEY_LEFT = 0x100,
	KEY_RIGHT,
	KEY_UP,
	KEY_DOWN,
	KEY_HOME,
	KEY_END,
	KEY_DELETE,
	KEY_UNKNOWN,
};

struct editor {
	struct shell *sh;
	const char *prompt;
	size_t width; /* columns for the line behind the prompt */
	struct strbuf *line;
	size_t pos; /* of the cursor, in bytes */
	size_t first; /* the first byte shown */
	size_t shown; /* columns drawn behind the prompt */
	size_t column; /* of the cursor, behind the prompt */
	bool drawn;
	size_t recalled; /* 0: the new line; n: history_get(n - 1) */
	char *unfinished; /* the new line, while an older one is shown */
};

static void
put(const char *s, size_t len)
{
	(void)write_all(1, s, len);
}

static int
read_char(void)
{
	unsigned char c;
	ssize_t n;

	do {
		n = read(0, &c, 1);
	} while (n < 0 && errno == EINTR);
	return n == 1 ? c : KEY_EOF;
}

/* The rest of an escape sequence: ESC [ digits ~ or a letter, or ESC O letter. */
static int
read_sequence(void)
{
	static const struct {
		char letter;
		int number;
		enum key key;
	} keys[] = {
	    {'A', 0, KEY_UP},
	    {'B', 0, KEY_DOWN},
	    {'C', 0, KEY_RIGHT},
	    {'D', 0, KEY_LEFT},
	    {'H', 0, KEY_HOME},
	    {'F', 0, KEY_END},
	    {'~', 1, KEY_HOME},
	    {'~', 7, KEY_HOME},
	    {'~', 4, KEY_END},
	    {'~', 8, KEY_END},
	    {'~', 3, KEY_DELETE},
	};
	int number = 0;
	int c = read_char();

	if (c != '[' && c != 'O')
		return c == KEY_EOF ? KEY_EOF : KEY_UNKNOWN;
	while ((c = read_char()) != KEY_EOF && c < 0x40) {
		if (c >= '0' && c <= '9' && number < 1000)
			number = number * 10 + (c - '0');
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (keys[i].letter == c && (c != '~' || keys[i].number == number))
			return keys[i].key;
	}
	return c == KEY_EOF ? KEY_EOF : KEY_UNKNOWN;
}

static int
read_key(void)
{
	int c = read_char();

	switch (c) {
	case 0x1b:
		return read_sequence();
	case CTRL('b'):
		return KEY_LEFT;
	case CTRL('f'):
		return KEY_RIGHT;
	case CTRL('a'):
		return KEY_HOME;
	case CTRL('e'):
		return KEY_END;
	case CTRL('p'):
		return KEY_UP;
	case CTRL('n'):
		return KEY_DOWN;
	default:
		return c;
	}
}

/* A byte that starts a column: not the continuation of a UTF-8 character. */
static bool
is_start(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

static size_t
count_columns(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += is_start(s[i]);
	return n;
}

static size_t
step_left(const struct editor *e, size_t pos)
{
	if (pos > 0)
		pos--;
	while (pos > 0 && !is_start(e->line->data[pos]))
		pos--;
	return pos;
}

static size_t
step_right(const struct editor *e, size_t pos)
{
	if (pos < e->line->len)
		pos++;
	while (pos < e->line->len && !is_start(e->line->data[pos]))
		pos++;
	return pos;
}

/* Keeps the cursor inside the window. */
static void
scroll(struct editor *e)
{
	size_t back = e->width / 2;

	if (e->pos < e->first ||
	    count_columns(e->line->data + e->first, e->pos - e->first) >= e->width) {
		e->first = e->pos;
		while (back-- > 0 && e->first > 0)
			e->first = step_left(e, e->first);
	}
}

static void
redraw(struct editor *e)
{
	struct strbuf out = {0};
	size_t old = e->shown;
	size_t end;

	strbuf_cstr(e->line);
	scroll(e);
	/* The first time the cursor stays where a command left it. */
	if (e->drawn)
		strbuf_putc(&out, '\r');
	e->drawn = true;
	strbuf_puts(&out, e->prompt);
	end = e->first;
	e->shown = 0;
	while (end < e->line->len && e->shown < e->width) {
		size_t next = step_right(e, end);

		strbuf_put(&out, e->line->data + end, next - end);
		e->shown++;
		end = next;
	}
	e->column = count_columns(e->line->data + e->first, e->pos - e->first);
	for (size_t i = e->shown; i < old; i++)
		strbuf_putc(&out, ' ');
	for (size_t i = e->column; i < (old > e->shown ? old : e->shown); i++)
		strbuf_putc(&out, '\b');
	put(out.data, out.len);
	strbuf_free(&out);
}

static void
insert(struct editor *e, const char *s, size_t len)
{
	bool at_end = e->pos == e->line->len;

	for (size_t i = 0; i < len; i++)
		strbuf_putc(e->line, 0);
	memmove(e->line->data + e->pos + len, e->line->data + e->pos, e->line->len - len - e->pos);
	memcpy(e->line->data + e->pos, s, len);
	e->pos += len;
	/* The common case costs one character on the line. */
	if (at_end && len == 1 && e->shown == e->column && e->shown + 1 < e->width) {
		put(s, 1);
		e->shown += is_start(*s);
		e->column = e->shown;
		return;
	}
	redraw(e);
}

static void delete (struct editor *e, size_t from, size_t to)
{
	if (from == to)
		return;
	memmove(e->line->data + from, e->line->data + to, e->line->len - to);
	e->line->len -= to - from;
	e->pos = from;
	redraw(e);
}

static void
delete_word(struct editor *e)
{
	size_t from = e->pos;

	while (from > 0 && e->line->data[from - 1] == ' ')
		from--;
	while (from > 0 && e->line->data[from - 1] != ' ')
		from--;
	delete (e, from, e->pos);
}

static void
move(struct editor *e, size_t pos)
{
	e->pos = pos;
	redraw(e);
}

static void
recall(struct editor *e, size_t n)
{
	const char *text = n == 0 ? e->unfinished : history_get(n - 1);

	if (text == NULL)
		return;
	if (e->recalled == 0)
		e->unfinished = mem_strdup(strbuf_cstr(e->line));
	text = n == 0 ? e->unfinished : text;
	e->line->len = 0;
	strbuf_puts(e->line, text);
	e->pos = e->line->len;
	e->first = 0;
	e->recalled = n;
	if (n == 0) {
		free(e->unfinished);
		e->unfinished = NULL;
	}
	redraw(e);
}

static void
show_choices(struct editor *e, const struct strlist *choices)
{
	struct strbuf out = {0};

	strbuf_puts(&out, "\n");
	for (size_t i = 0; i < choices->n; i++)
		strbuf_printf(&out, "%s%s", choices->v[i], i + 1 < choices->n ? "  " : "\n");
	put(out.data, out.len);
	strbuf_free(&out);
	e->shown = 0;
	redraw(e);
}

static size_t
common_prefix(const struct strlist *l)
{
	size_t n = strlen(l->v[0]);

	for (size_t i = 1; i < l->n; i++) {
		size_t k = 0;

		while (k < n && l->v[i][k] == l->v[0][k])
			k++;
		n = k;
	}
	return n;
}

static void
complete(struct editor *e)
{
	struct strlist choices = {0};
	size_t start;
	size_t typed;

	complete_find(e->sh, strbuf_cstr(e->line), e->pos, &start, &choices);
	typed = e->pos - start;
	if (choices.n == 0) {
		put("\a", 1);
	} else {
		size_t len = common_prefix(&choices);
		const char *last = choices.v[0];

		if (len > typed)
			insert(e, last + typed, len - typed);
		else if (choices.n > 1)
			show_choices(e, &choices);
		if (choices.n == 1 && last[strlen(last) - 1] != '/')
			insert(e, " ", 1);
	}
	strlist_free(&choices);
}

/* A terminal that TERM says nothing good of gets a new line. */
static void
clear(struct shell *sh)
{
	const char *term = var_get(sh, "TERM");

	if (term == NULL || term[0] == '\0' || strcmp(term, "dumb") == 0)
		put("\n", 1);
	else
		put("\033[H\033[J", 6);
}

/* True when the key ended the line, with *result. */
static bool
handle(struct editor *e, int key, enum edit_result *result)
{
	char c = (char)key;

	switch (key) {
	case '\r':
	case '\n':
		*result = EDIT_LINE;
		return true;
	case CTRL('c'):
		*result = EDIT_ABANDONED;
		return true;
	case KEY_EOF:
		*result = EDIT_END;
		return true;
	case CTRL('d'):
		if (e->line->len == 0) {
			*result = EDIT_END;
			return true;
		}
		delete (e, e->pos, step_right(e, e->pos));
		break;
	case KEY_DELETE:
		delete (e, e->pos, step_right(e, e->pos));
		break;
	case CTRL('h'):
	case 0x7f:
		delete (e, step_left(e, e->pos), e->pos);
		break;
	case CTRL('u'):
		delete (e, 0, e->pos);
		break;
	case CTRL('k'):
		delete (e, e->pos, e->line->len);
		break;
	case CTRL('w'):
		delete_word(e);
		break;
	case CTRL('l'):
		clear(e->sh);
		e->shown = 0;
		redraw(e);
		break;
	case '\t':
		complete(e);
		break;
	case KEY_LEFT:
		move(e, step_left(e, e->pos));
		break;
	case KEY_RIGHT:
		move(e, step_right(e, e->pos));
		break;
	case KEY_HOME:
		move(e, 0);
		break;
	case KEY_END:
		move(e, e->line->len);
		break;
	case KEY_UP:
		recall(e, e->recalled + 1);
		break;
	case KEY_DOWN:
		if (e->recalled > 0)
			recall(e, e->recalled - 1);
		break;
	default:
		if (key >= ' ' && key < 0x100)
			insert(e, &c, 1);
		break;
	}
	return false;
}

static size_t
find_width(struct shell *sh, const char *prompt)
{
	const char *s = var_get(sh, "COLUMNS");
	long columns = s != NULL ? strtol(s, NULL, 10) : 0;
	size_t used = count_columns(prompt, strlen(prompt));

	if (columns < COLUMNS_MIN || columns > 1000)
		columns = COLUMNS_DEFAULT;
	/* The last column stays free: writing to it moves some terminals on. */
	return used + COLUMNS_MIN < (size_t)columns ? (size_t)columns - used - 1 : COLUMNS_MIN;
}

enum edit_result
edit_line(struct shell *sh, const char *prompt, struct strbuf *line)
{
	struct editor e = {.sh = sh, .prompt = prompt, .line = line};
	enum edit_result result = EDIT_END;

	e.width = find_width(sh, prompt);
	line->len = 0;
	redraw(&e);
	while (!handle(&e, read_key(), &result))
		;
	if (result == EDIT_ABANDONED)
		put("^C", 2);
	put("\n", 1);
	free(e.unfinished);
	return result;
}
