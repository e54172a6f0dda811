/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tty.h - a terminal's line discipline: what becomes of the bytes between a line and its readers
 * and writers. Pure: it knows no device, no client and no clock, so it is tested natively. Its
 * state lies in keep memory, and each call that changes it belongs to the caller's transaction; a
 * call changes the rings' reachable part only by their indexes, which are saved, so that an undone
 * call leaves nothing behind.
 *
 *	line -> tty_receive -> rx -> tty_input -> in -> tty_read -> reader
 *	                          again ^  | echo
 *	writer -> tty_write ------------> out -> tty_transmit -> line
 *
 * When the terminal turns from raw to canonical mode, bytes that nobody has read yet go through the
 * discipline again, so that it makes no difference to a program whether they were typed before or
 * after: a shell that edits lines in raw mode hands over what was typed ahead. In the other
 * direction they are bytes again, ^D included.
 */
#ifndef DEVC_TTY_H
#define DEVC_TTY_H

#include <stddef.h>
#include <stdint.h>

#include <skink/keep.h>
#include <skink/tty.h>

/* Rings: indexes count up for ever, sizes are powers of two. */
#define TTY_RX		1024
#define TTY_IN		1024
#define TTY_OUT		4096
#define TTY_LINE_MAX	512		/* bytes of an edited line, its newline included */

struct tty {
	struct termios	termios;
	struct winsize	winsize;
	int32_t		group;		/* foreground process group; 0: none */
	int32_t		session;
	uint32_t	stopped;	/* output is held (^S, TCOOFF) */
	uint32_t	literal;	/* ^V: the next byte is taken as it is */
	uint32_t	column;		/* of the cursor */
	uint32_t	line_column;	/* where the line being edited began */
	struct tty_counts counts;

	/* Bytes as the line brought them. rx_head is the receiver's; one store makes a byte ours.
	 */
	uint32_t	rx_head, rx_tail;
	/* For readers: up to in_ready they may have, from there to in_head it is still being
	 * edited. Behind it, [again, again_end) are bytes that go through the discipline again,
	 * before those of rx. */
	uint32_t	in_head, in_ready, in_tail;
	uint32_t	again, again_end;
	/* For the line. out_tail is the transmitter's. */
	uint32_t	out_head, out_tail;
	uint8_t		rx[TTY_RX];
	uint16_t	in[TTY_IN];	/* a byte, and flags */
	uint8_t		out[TTY_OUT];
};
#define TTY_END		0x100		/* a canonical read ends behind it */
#define TTY_EOF		0x200		/* an end of file, if read in canonical mode */
#define TTY_LITERAL	0x400		/* ^V was typed before it */
#define TTY_SHOWN	0x800		/* its echo is done */

void tty_init(struct tty *t, int onlcr);
int tty_is_sound(const struct tty *t);		/* the indexes fit each other */

/* The receiver: outside transactions. 0: full, the byte is dropped. */
int tty_receive(struct tty *t, uint8_t byte);

/* Takes one byte through the discipline. Returns the signal number that the foreground group
 * gets, or 0. There must be one: tty_has_input. Before anything else is asked of the terminal, all
 * that there are have gone through. */
int tty_has_input(const struct tty *t);
int tty_input(struct keep *k, struct tty *t);

/* What a read of `len` would do now: whether it gets bytes or an end of file without waiting. */
int tty_is_readable(const struct tty *t, size_t len);
uint32_t tty_readable(const struct tty *t);	/* bytes */
size_t tty_read(struct keep *k, struct tty *t, uint8_t *to, size_t len);	/* 0: end of file */

/* A writer's bytes: how many were taken. tty_room: how many surely would be. */
size_t tty_write(struct keep *k, struct tty *t, const uint8_t *from, size_t len);
size_t tty_room(const struct tty *t);

/* The transmitter: outside transactions. The next byte to send, or -1; then that it was sent. */
int tty_peek(const struct tty *t);
void tty_sent(struct tty *t);

void tty_set_termios(struct keep *k, struct tty *t, const struct termios *to);
void tty_flush_input(struct keep *k, struct tty *t);
void tty_flush_output(struct keep *k, struct tty *t);

#endif
