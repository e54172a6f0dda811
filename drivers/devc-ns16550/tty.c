/* SPDX-License-Identifier: Apache-2.0 */
/* tty.c - the line discipline: see tty.h. Owns struct tty; never waits. */
#include <string.h>

#include <skink/signals.h>

#include "tty.h"

#define CTRL(c)  ((c)&0x1f)
#define DEL      0x7f
#define ECHO_MAX 4 /* most bytes that one echo puts out */

void
tty_init(struct tty *t, int onlcr)
{
	static const cc_t cc[NCCS] = {
	    [VINTR] = CTRL('C'),
	    [VQUIT] = CTRL('\\'),
	    [VERASE] = DEL,
	    [VKILL] = CTRL('U'),
	    [VEOF] = CTRL('D'),
	    [VMIN] = 1,
	    [VSTART] = CTRL('Q'),
	    [VSTOP] = CTRL('S'),
	    [VSUSP] = CTRL('Z'),
	    [VWERASE] = CTRL('W'),
	    [VLNEXT] = CTRL('V'),
	};

	memset(t, 0, sizeof(*t));
	t->termios = (struct termios){
	    .c_iflag = ICRNL | IXON,
	    .c_oflag = OPOST | (onlcr ? ONLCR : 0),
	    .c_cflag = CS8 | CREAD | CLOCAL,
	    .c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
	    .c_ispeed = B115200,
	    .c_ospeed = B115200,
	};
	memcpy(t->termios.c_cc, cc, sizeof(cc));
	t->winsize = (struct winsize){.ws_row = 24, .ws_col = 80};
}

int
tty_is_sound(const struct tty *t)
{
	return t->rx_head - t->rx_tail <= TTY_RX && t->again_end - t->again <= TTY_IN &&
	    t->in_head - t->in_tail <= TTY_IN - (t->again_end - t->again) &&
	    t->in_ready - t->in_tail <= t->in_head - t->in_tail &&
	    t->out_head - t->out_tail <= TTY_OUT;
}

static int
has(const struct tty *t, tcflag_t lflag)
{
	return (t->termios.c_lflag & lflag) != 0;
}

static int
is_cc(const struct tty *t, int which, uint8_t c)
{
	return t->termios.c_cc[which] != _POSIX_VDISABLE && t->termios.c_cc[which] == c;
}

static int
is_shown_as_control(const struct tty *t, uint8_t c)
{
	return has(t, ECHOCTL) && ((c < 0x20 && c != '\t' && c != '\n') || c == DEL);
}

/* ---- output ---- */

struct output {
	struct tty *t;
	uint32_t head;
	uint32_t column;
};

static size_t
output_room(const struct output *o)
{
	return TTY_OUT - (o->head - o->t->out_tail);
}

static void
put_raw(struct output *o, uint8_t c)
{
	o->t->out[o->head++ % TTY_OUT] = c;
}

/* One byte with output processing: at most two bytes, for which there is room. */
static void
put(struct output *o, uint8_t c)
{
	tcflag_t oflag = o->t->termios.c_oflag;

	if (!(oflag & OPOST)) {
		put_raw(o, c);
		return;
	}
	if (c == '\n') {
		if (oflag & ONLCR)
			put_raw(o, '\r');
		if (oflag & (ONLCR | ONLRET))
			o->column = 0;
	} else if (c == '\r') {
		if ((oflag & ONOCR) && o->column == 0)
			return;
		if (oflag & OCRNL)
			c = '\n';
		o->column = 0;
	} else if (c == '\t') {
		o->column = (o->column | 7) + 1;
	} else if (c == '\b') {
		o->column -= o->column > 0;
	} else if (c >= 0x20 && c != DEL && (c & 0xc0) != 0x80) {
		o->column++;
	}
	put_raw(o, c);
}

static void
put_end(struct keep *k, struct output *o)
{
	if (o->head == o->t->out_head)
		return;
	KEEP_SET(k, o->t->column, o->column);
	KEEP_SET(k, o->t->out_head, o->head);
}

size_t
tty_room(const struct tty *t)
{
	return (TTY_OUT - (t->out_head - t->out_tail)) / 2;
}

size_t
tty_write(struct keep *k, struct tty *t, const uint8_t *from, size_t len)
{
	struct output o = {t, t->out_head, t->column};
	size_t done = 0;

	while (done < len && output_room(&o) >= 2)
		put(&o, from[done++]);
	put_end(k, &o);
	return done;
}

int
tty_peek(const struct tty *t)
{
	return t->stopped || t->out_head == t->out_tail ? -1 : t->out[t->out_tail % TTY_OUT];
}

/* A single aligned store, so not in a transaction: a byte that left must not come back by an undo.
 */
void
tty_sent(struct tty *t)
{
	__atomic_store_n(&t->out_tail, t->out_tail + 1, __ATOMIC_RELEASE);
	t->counts.sent++;
}

/* ---- echo ---- */

static void
echo_shown(struct output *o, uint8_t c)
{
	if (output_room(o) < ECHO_MAX)
		return; /* an echo is dropped rather than waited for */
	if (is_shown_as_control(o->t, c)) {
		put(o, '^');
		put(o, c ^ 0x40);
	} else {
		put(o, c);
	}
}

static void
echo(struct keep *k, struct tty *t, uint8_t c)
{
	struct output o = {t, t->out_head, t->column};

	if (!has(t, ECHO) && !(c == '\n' && has(t, ECHONL) && has(t, ICANON)))
		return;
	echo_shown(&o, c);
	put_end(k, &o);
}

static uint32_t
width(const struct tty *t, uint8_t c, uint32_t column)
{
	if (c == '\t')
		return ((column | 7) + 1) - column;
	if (is_shown_as_control(t, c))
		return 2;
	return c < 0x20 || c == DEL || (c & 0xc0) == 0x80 ? 0 : 1;
}

/* Cursor column after the first `count` bytes of the line being edited; count <= TTY_LINE_MAX. */
static uint32_t
column_after(const struct tty *t, uint32_t end)
{
	uint32_t column = t->line_column;

	for (uint32_t i = t->in_ready; i != end; i++)
		column += width(t, (uint8_t)t->in[i % TTY_IN], column);
	return column;
}

/* Takes back what was echoed for the bytes from `end` on. */
static void
echo_erase(struct keep *k, struct tty *t, uint32_t end)
{
	struct output o = {t, t->out_head, t->column};
	uint32_t count = column_after(t, t->in_head) - column_after(t, end);

	if (!has(t, ECHO) || !has(t, ECHOE))
		return;
	for (; count > 0 && output_room(&o) >= 3; count--) {
		put(&o, '\b');
		put(&o, ' ');
		put(&o, '\b');
	}
	put_end(k, &o);
}

/* ---- input ---- */

int
tty_receive(struct tty *t, uint8_t byte)
{
	uint32_t head = t->rx_head;

	t->counts.received++;
	if (head - t->rx_tail >= TTY_RX) {
		t->counts.dropped++;
		return 0;
	}
	t->rx[head % TTY_RX] = byte;
	/* COMMIT: from here on the byte is not lost. */
	__atomic_store_n(&t->rx_head, head + 1, __ATOMIC_RELEASE);
	return 1;
}

static void
drop(struct keep *k, struct tty *t)
{
	KEEP_SET(k, t->counts.dropped, t->counts.dropped + 1);
	if (has(t, ECHO) && TTY_OUT - (t->out_head - t->out_tail) > 0) {
		t->out[t->out_head % TTY_OUT] = '\a';
		KEEP_SET(k, t->out_head, t->out_head + 1);
	}
}

static void
append(struct keep *k, struct tty *t, uint16_t entry, int ends)
{
	/* What goes through again may land where it lay. */
	if (t->in_head + 1 == t->again)
		keep_save(k, &t->in[t->in_head % TTY_IN], sizeof(t->in[0]));
	t->in[t->in_head % TTY_IN] = entry;
	KEEP_SET(k, t->in_head, t->in_head + 1);
	if (ends)
		KEEP_SET(k, t->in_ready, t->in_head);
}

/* With its echo, which each byte has once: not again when it goes through again. */
static void
append_shown(struct keep *k, struct tty *t, uint16_t entry, int ends)
{
	if (!(entry & TTY_SHOWN))
		echo(k, t, (uint8_t)entry);
	append(k, t, entry | (has(t, ECHO) ? TTY_SHOWN : 0), ends);
}

static uint32_t
in_room(const struct tty *t)
{
	return TTY_IN - (t->in_head - t->in_tail) - (t->again_end - t->again);
}

static void
erase_to(struct keep *k, struct tty *t, uint32_t end)
{
	if (end == t->in_head)
		return;
	echo_erase(k, t, end);
	KEEP_SET(k, t->in_head, end);
}

static uint8_t
at(const struct tty *t, uint32_t i)
{
	return (uint8_t)t->in[i % TTY_IN];
}

static int
is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static void
erase_one(struct keep *k, struct tty *t)
{
	uint32_t end = t->in_head;

	if (end == t->in_ready)
		return;
	do
		end--;
	while (end != t->in_ready && (at(t, end) & 0xc0) == 0x80); /* UTF-8: the whole character */
	erase_to(k, t, end);
}

static void
erase_word(struct keep *k, struct tty *t)
{
	uint32_t end = t->in_head;

	while (end != t->in_ready && is_space(at(t, end - 1)))
		end--;
	while (end != t->in_ready && !is_space(at(t, end - 1)))
		end--;
	erase_to(k, t, end);
}

static void
kill_line(struct keep *k, struct tty *t)
{
	if (has(t, ECHOKE)) {
		erase_to(k, t, t->in_ready);
		return;
	}
	KEEP_SET(k, t->in_head, t->in_ready);
	if (has(t, ECHOK))
		echo(k, t, '\n');
}

static void
edit(struct keep *k, struct tty *t, uint16_t entry)
{
	if (t->in_head == t->in_ready && t->column != t->line_column)
		KEEP_SET(k, t->line_column, t->column);
	/* Room for a line's end is always kept back; what goes through again had room. */
	if (in_room(t) <= (t->again == t->again_end) ||
	    t->in_head - t->in_ready >= TTY_LINE_MAX - 1) {
		drop(k, t);
		return;
	}
	append_shown(k, t, entry, 0);
}

static void
end_line(struct keep *k, struct tty *t, uint16_t entry)
{
	if (in_room(t) == 0) {
		drop(k, t);
		return;
	}
	append_shown(k, t, entry | TTY_END, 1);
}

static void
canonical(struct keep *k, struct tty *t, uint16_t entry)
{
	const cc_t *cc = t->termios.c_cc;
	uint8_t c = (uint8_t)entry;

	if (is_cc(t, VERASE, c) || (c == '\b' && cc[VERASE] == DEL) ||
	    (c == DEL && cc[VERASE] == '\b')) {
		erase_one(k, t);
	} else if (is_cc(t, VKILL, c)) {
		kill_line(k, t);
	} else if (is_cc(t, VWERASE, c) && has(t, IEXTEN)) {
		erase_word(k, t);
	} else if (is_cc(t, VLNEXT, c) && has(t, IEXTEN)) {
		KEEP_SET(k, t->literal, 1);
	} else if (is_cc(t, VEOF, c)) {
		if (in_room(t) > 0)
			append(k, t, c | TTY_EOF, 1);
	} else if (c == '\n' || is_cc(t, VEOL, c) || is_cc(t, VEOL2, c)) {
		end_line(k, t, entry);
	} else {
		edit(k, t, entry);
	}
}

static void
raw(struct keep *k, struct tty *t, uint16_t entry)
{
	if (in_room(t) == 0) {
		drop(k, t);
		return;
	}
	append_shown(k, t, entry, 1);
}

static int
signal_of(const struct tty *t, uint8_t c)
{
	if (!has(t, ISIG))
		return 0;
	return is_cc(t, VINTR, c) ? SKINK_SIGINT : is_cc(t, VQUIT, c) ? SKINK_SIGQUIT : 0;
}

/* ^S and ^Q. 1: the byte was one of them. */
static int
flow(struct keep *k, struct tty *t, uint8_t c)
{
	if (!(t->termios.c_iflag & IXON))
		return 0;
	if (is_cc(t, VSTOP, c))
		KEEP_SET(k, t->stopped, 1);
	else if (is_cc(t, VSTART, c) || (t->stopped && (t->termios.c_iflag & IXANY)))
		KEEP_SET(k, t->stopped, 0);
	else
		return 0;
	return is_cc(t, VSTOP, c) || is_cc(t, VSTART, c);
}

/* The oldest byte that is to go through, with what of its flags stays. */
static uint16_t
next_byte(struct keep *k, struct tty *t)
{
	uint16_t entry;

	if (t->again != t->again_end) {
		entry = t->in[t->again % TTY_IN] & (0xff | TTY_LITERAL | TTY_SHOWN);
		KEEP_SET(k, t->again, t->again + 1);
	} else {
		entry = t->rx[t->rx_tail % TTY_RX];
		KEEP_SET(k, t->rx_tail, t->rx_tail + 1);
	}
	return entry;
}

int
tty_has_input(const struct tty *t)
{
	return t->again != t->again_end || t->rx_tail != t->rx_head;
}

int
tty_input(struct keep *k, struct tty *t)
{
	tcflag_t iflag = t->termios.c_iflag;
	uint16_t entry = next_byte(k, t);
	uint8_t c = (uint8_t)entry;
	int signal;

	if (iflag & ISTRIP)
		c &= 0x7f;
	if (t->literal || (entry & TTY_LITERAL)) {
		if (t->literal)
			KEEP_SET(k, t->literal, 0);
		edit(k, t, (entry & TTY_SHOWN) | c | TTY_LITERAL);
		return 0;
	}
	if (c == '\r') {
		if (iflag & IGNCR)
			return 0;
		if (iflag & ICRNL)
			c = '\n';
	} else if (c == '\n' && (iflag & INLCR)) {
		c = '\r';
	}
	if (flow(k, t, c))
		return 0;
	signal = signal_of(t, c);
	if (signal != 0) {
		if (signal == SKINK_SIGINT)
			KEEP_SET(k, t->counts.interrupts, t->counts.interrupts + 1);
		if (!has(t, NOFLSH)) {
			KEEP_SET(k, t->in_tail, t->in_head);
			KEEP_SET(k, t->in_ready, t->in_head);
			KEEP_SET(k, t->stopped, 0);
		}
		echo(k, t, c);
		return signal;
	}
	entry = (entry & TTY_SHOWN) | c;
	if (has(t, ICANON))
		canonical(k, t, entry);
	else
		raw(k, t, entry);
	return 0;
}

uint32_t
tty_readable(const struct tty *t)
{
	return t->in_ready - t->in_tail;
}

int
tty_is_readable(const struct tty *t, size_t len)
{
	uint32_t min = t->termios.c_cc[VMIN];

	if (has(t, ICANON))
		return t->in_ready != t->in_tail;
	if (min == 0)
		return t->in_ready != t->in_tail || t->termios.c_cc[VTIME] == 0;
	return tty_readable(t) >= (min < len ? min : len);
}

size_t
tty_read(struct keep *k, struct tty *t, uint8_t *to, size_t len)
{
	uint16_t end = has(t, ICANON) ? TTY_END : 0, eof = has(t, ICANON) ? TTY_EOF : 0;
	uint32_t tail = t->in_tail;
	size_t n = 0;

	while (n < len && tail != t->in_ready) {
		uint16_t entry = t->in[tail++ % TTY_IN];

		if (entry & eof)
			break;
		to[n++] = (uint8_t)entry;
		if (entry & end)
			break;
	}
	/* "abc^D": the end of file ends this read, not the next one. */
	if (n == len && n > 0 && !(t->in[(tail - 1) % TTY_IN] & end) && tail != t->in_ready &&
	    (t->in[tail % TTY_IN] & eof))
		tail++;
	if (tail != t->in_tail)
		KEEP_SET(k, t->in_tail, tail);
	return n;
}

/* What was typed in raw mode and not read yet is typed once more, now as lines. What waits to be so
 * already keeps its turn. */
static void
input_again(struct keep *k, struct tty *t)
{
	if (t->in_tail == t->in_head || t->again != t->again_end)
		return;
	KEEP_SET(k, t->again, t->in_tail);
	KEEP_SET(k, t->again_end, t->in_head);
	KEEP_SET(k, t->in_ready, t->in_tail);
	KEEP_SET(k, t->in_head, t->in_tail);
}

void
tty_set_termios(struct keep *k, struct tty *t, const struct termios *to)
{
	tcflag_t changed = t->termios.c_lflag ^ to->c_lflag;

	keep_copy(k, &t->termios, to, sizeof(*to));
	if ((changed & ICANON) && has(t, ICANON))
		input_again(k, t);
	else if ((changed & ICANON) && t->in_ready != t->in_head)
		KEEP_SET(k, t->in_ready, t->in_head);
	if (!(to->c_iflag & IXON) && t->stopped)
		KEEP_SET(k, t->stopped, 0);
}

void
tty_flush_input(struct keep *k, struct tty *t)
{
	KEEP_SET(k, t->rx_tail, t->rx_head);
	KEEP_SET(k, t->again, t->again_end);
	KEEP_SET(k, t->in_ready, t->in_head);
	KEEP_SET(k, t->in_tail, t->in_head);
}

void
tty_flush_output(struct keep *k, struct tty *t)
{
	KEEP_SET(k, t->out_head, t->out_tail);
}
