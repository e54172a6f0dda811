/* SPDX-License-Identifier: Apache-2.0 */
/* tty.c - the line discipline: what is typed, what is shown, what is read, and that a kill at any
 * instruction loses or doubles none of it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <skink/keep.h>
#include <skink/signals.h>
#include <step.h>
#include <test.h>

#include "../tty.h"

static struct keep plain;
static struct tty t;
static int last_signal;
static char shown[8192];

void
keep_protect(struct keep *k, int writable)
{
	(void)k;
	(void)writable;
}

static void
start(void)
{
	tty_init(&t, 1);
	last_signal = 0;
}

static void
go_through(void)
{
	while (tty_has_input(&t)) {
		int signal = tty_input(&plain, &t);

		last_signal = signal != 0 ? signal : last_signal;
	}
}

static void
type(const char *text)
{
	for (; *text != '\0'; text++) {
		tty_receive(&t, (uint8_t)*text);
		go_through();
	}
}

/* What has been sent to the line. */
static const char *
screen(void)
{
	size_t n = 0;
	int c;

	while ((c = tty_peek(&t)) >= 0 && n < sizeof(shown) - 1) {
		shown[n++] = (char)c;
		tty_sent(&t);
	}
	shown[n] = '\0';
	return shown;
}

static const char *
take(size_t len)
{
	static char text[2048];
	size_t n = tty_read(&plain, &t, (uint8_t *)text, len);

	text[n] = '\0';
	return text;
}

static void
set(tcflag_t off_l, tcflag_t off_i, cc_t min, cc_t time)
{
	struct termios tio = t.termios;

	tio.c_lflag &= ~off_l;
	tio.c_iflag &= ~off_i;
	tio.c_cc[VMIN] = min;
	tio.c_cc[VTIME] = time;
	tty_set_termios(&plain, &t, &tio);
	go_through();
}

static void
set_cooked(void)
{
	struct termios tio = t.termios;

	tio.c_lflag |= ICANON | ECHO | ISIG | IEXTEN;
	tio.c_iflag |= ICRNL;
	tty_set_termios(&plain, &t, &tio);
	go_through();
}

static void
set_edited(void)
{
	set(ICANON | ECHO | ISIG | IEXTEN, IXON, 1, 0);
}

static void
test_tty_line_is_read_when_it_ends(void)
{
	start();
	type("hello");
	CHECK(!tty_is_readable(&t, 100));
	CHECK_STR(screen(), "hello");
	type("\r");
	CHECK(tty_is_readable(&t, 100));
	CHECK_STR(screen(), "\r\n");
	CHECK_STR(take(100), "hello\n");
	CHECK(!tty_is_readable(&t, 100));
}

static void
test_tty_read_takes_one_line_or_a_part(void)
{
	start();
	type("one\rtwo\r");
	CHECK_STR(take(2), "on");
	CHECK_STR(take(100), "e\n");
	CHECK_STR(take(100), "two\n");
}

static void
test_tty_erase_kill_and_word(void)
{
	start();
	type("abc\x7f");
	CHECK_STR(screen(), "abc\b \b");
	type("\b");
	CHECK_STR(screen(), "\b \b");
	type("z one two\x17");
	screen();
	type("\r");
	CHECK_STR(take(100), "az one \n");
	type("abc def\x15xyz\r");
	CHECK_STR(take(100), "xyz\n");
	type("\x7f\x7f\x17\x15q\r"); /* nothing to erase */
	CHECK_STR(take(100), "q\n");
	type("one\rtw\x7f\x7f\x7f\x7f\x15"); /* not into a finished line */
	CHECK_STR(take(100), "one\n");
}

static void
test_tty_erase_takes_back_what_was_shown(void)
{
	start();
	tty_write(&plain, &t, (const uint8_t *)"$ ", 2);
	screen();
	type("a\t"); /* columns 2, 3..7 */
	CHECK_STR(screen(), "a\t");
	type("\x7f");
	CHECK_STR(screen(), "\b \b\b \b\b \b\b \b\b \b");
	type("\x16\x01"); /* ^V ^A is shown as ^A: two columns */
	CHECK_STR(screen(), "^A");
	type("\x7f");
	CHECK_STR(screen(), "\b \b\b \b");
	type("\xc3\xa4"); /* one character of two bytes */
	screen();
	type("\x7f");
	CHECK_STR(screen(), "\b \b");
	type("\r");
	CHECK_STR(take(100), "a\n");
}

static void
test_tty_end_of_file(void)
{
	start();
	type("\x04");
	CHECK(tty_is_readable(&t, 10));
	CHECK_STR(take(10), "");
	CHECK(!tty_is_readable(&t, 10));
	type("abc\x04");
	CHECK_STR(take(10), "abc");
	CHECK(!tty_is_readable(&t, 10));
	type("abc\x04");
	CHECK_STR(take(3), "abc"); /* the mark went with them */
	CHECK(!tty_is_readable(&t, 10));
}

static void
test_tty_interrupt_signals_and_flushes(void)
{
	start();
	type("half\x03");
	CHECK_EQ(last_signal, SKINK_SIGINT);
	CHECK_STR(screen(), "half^C");
	type("x\r");
	CHECK_STR(take(100), "x\n");
	type("\x1c");
	CHECK_EQ(last_signal, SKINK_SIGQUIT);
	CHECK_EQ(t.counts.interrupts, 1);
	set(ISIG, 0, 1, 0);
	last_signal = 0;
	type("\x03\r");
	CHECK_EQ(last_signal, 0);
	CHECK_STR(take(100), "\x03\n");
}

static void
test_tty_literal_next(void)
{
	start();
	type("a\x16\x03"
	     "b\x16\x7f\r");
	CHECK_EQ(last_signal, 0);
	CHECK_STR(take(100),
	    "a\x03"
	    "b\x7f\n");
}

static void
test_tty_raw_mode_by_min(void)
{
	start();
	set(ICANON | ECHO | ISIG | IEXTEN, ICRNL | IXON, 1, 0);
	type("\x03\r\x04");
	CHECK_STR(screen(), "");
	CHECK_EQ(tty_readable(&t), 3);
	CHECK_STR(take(100), "\x03\r\x04");
	set(0, 0, 3, 0);
	type("ab");
	CHECK(!tty_is_readable(&t, 100));
	CHECK(tty_is_readable(&t, 2)); /* the read wants no more */
	type("c");
	CHECK(tty_is_readable(&t, 100));
	take(100);
	set(0, 0, 0, 0);
	CHECK(tty_is_readable(&t, 100)); /* a poll */
	CHECK_STR(take(100), "");
	set(0, 0, 0, 5);
	CHECK(!tty_is_readable(&t, 100)); /* time decides */
}

static void
test_tty_mode_change_gives_what_was_typed(void)
{
	start();
	type("half");
	set(ICANON, 0, 1, 0);
	CHECK_STR(take(100), "half");
}

/* What a shell hands over to the program that it starts. */
static void
test_tty_typed_ahead_in_raw_mode_then_read_as_lines(void)
{
	start();
	set_edited();
	type("one\rtwx\x7fo\rha");
	CHECK_STR(screen(), "");
	set_cooked();
	CHECK_STR(screen(), "one\r\ntwx\b \bo\r\nha");
	type("lf\r");
	CHECK_STR(take(100), "one\n");
	CHECK_STR(take(100), "two\n");
	CHECK_STR(take(100), "half\n");
	CHECK(!tty_is_readable(&t, 1));
}

static void
test_tty_end_of_file_typed_ahead_then_in_either_mode(void)
{
	start();
	set_edited();
	type("one\r\x04");
	set_cooked();
	CHECK_STR(take(100), "one\n");
	CHECK(tty_is_readable(&t, 1));
	CHECK_STR(take(100), "");
	CHECK(!tty_is_readable(&t, 1));
	type("two\r\x04");
	set_edited();
	CHECK_STR(take(100), "two\n\x04");
	type("\x03");
	set_cooked();
	CHECK_EQ(last_signal, SKINK_SIGINT);
}

/* A shell turns the modes back and forth as it works off lines that were typed ahead of it. */
static void
test_tty_typed_ahead_then_shown_once(void)
{
	start();
	type("one\rtwo\x16\x04\rthree\r");
	CHECK_STR(screen(), "one\r\ntwo^D\r\nthree\r\n");
	set_edited();
	CHECK_STR(take(4), "one\n");
	set_cooked();
	CHECK_STR(take(100), "two\x04\n");
	set_edited();
	set_cooked();
	CHECK_STR(take(100), "three\n");
	CHECK_STR(screen(), "");
}

static void
test_tty_full_input_then_typed_again(void)
{
	start();
	set_edited();
	for (int i = 0; i < TTY_IN / 4; i++)
		type("abc\r");
	CHECK_EQ(tty_readable(&t), TTY_IN);
	CHECK_EQ(t.counts.dropped, 0);
	set_cooked();
	CHECK(tty_is_sound(&t));
	for (int i = 0; i < TTY_IN / 4; i++)
		CHECK_STR(take(100), "abc\n");
	CHECK(!tty_is_readable(&t, 1));
	CHECK_EQ(t.counts.dropped, 0);
}

static void
test_tty_output_processing(void)
{
	static const uint8_t text[] = "a\nb\tc";

	start();
	CHECK_EQ(tty_write(&plain, &t, text, sizeof(text) - 1), sizeof(text) - 1);
	CHECK_STR(screen(), "a\r\nb\tc");
	CHECK_EQ(t.column, 9);
	t.termios.c_oflag &= ~(tcflag_t)OPOST;
	tty_write(&plain, &t, text, 2);
	CHECK_STR(screen(), "a\n");
	tty_init(&t, 0);
	tty_write(&plain, &t, text, 2);
	CHECK_STR(screen(), "a\n");
}

static void
test_tty_flow_control_holds_output(void)
{
	start();
	type("\x13");
	tty_write(&plain, &t, (const uint8_t *)"held", 4);
	CHECK_EQ(tty_peek(&t), -1);
	type("\x11");
	CHECK_STR(screen(), "held");
	CHECK(!tty_is_readable(&t, 1));
}

static void
test_tty_full_queues_lose_only_the_newest(void)
{
	start();
	for (int i = 0; i < 3000; i++)
		type("x");
	screen();
	type("\r"); /* a line's end always finds room */
	CHECK(tty_is_readable(&t, 1));
	CHECK_EQ(strlen(take(2000)), TTY_LINE_MAX);
	CHECK_EQ(t.counts.dropped, 3000 - (TTY_LINE_MAX - 1));
	start();
	for (int i = 0; i < 2000; i++)
		tty_receive(&t, 'y');
	CHECK_EQ(t.counts.dropped, 2000 - TTY_RX);
	CHECK_EQ(t.counts.received, 2000);
	start();
	for (int i = 0; i < 600; i++)
		type("ab\r");
	CHECK(tty_is_sound(&t));
	CHECK_STR(take(100), "ab\n");
}

static void
test_tty_full_output_takes_what_fits(void)
{
	static uint8_t text[3 * TTY_OUT];
	size_t n;

	start();
	memset(text, '\n', sizeof(text));
	n = tty_write(&plain, &t, text, sizeof(text));
	CHECK_EQ(n, TTY_OUT / 2);
	CHECK_EQ(tty_room(&t), 0);
	tty_flush_output(&plain, &t);
	CHECK_EQ(tty_room(&t), TTY_OUT / 2);
}

/* ---- killed anywhere ---- */

static _Alignas(64) char image[sizeof(struct keep_header) + 512 + sizeof(struct tty) + 64];
static struct keep keep;
static const char *typed;
static char want_read[64], want_shown[256];

static struct tty *
kept(const struct keep *k)
{
	return k->data;
}

/* The driver's own loop: a byte arrives, goes through, is read; with what is shown. Where it goes
 * on is all in the image. */
static void
run(struct keep *k, size_t *arrived)
{
	struct tty *y = kept(k);

	for (;;) {
		while (tty_has_input(y)) {
			keep_begin(k);
			tty_input(k, y);
			keep_commit(k);
		}
		if (typed[*arrived] == '\0')
			return;
		tty_receive(y, (uint8_t)typed[*arrived]);
		/* Nobody knows better than rx_head whether the byte has arrived. */
		*arrived = y->rx_head;
	}
}

static void
finish(struct keep *k, char *read, char *out)
{
	struct tty *y = kept(k);
	size_t n = 0, arrived = y->rx_head;
	int c;

	run(k, &arrived);
	keep_begin(k);
	read[tty_read(k, y, (uint8_t *)read, 60)] = '\0';
	keep_commit(k);
	while ((c = tty_peek(y)) >= 0) {
		out[n++] = (char)c;
		tty_sent(y);
	}
	out[n] = '\0';
}

static void
act(void *arg)
{
	size_t arrived = 0;

	(void)arg;
	run(&keep, &arrived);
}

static void
died(void *arg)
{
	char read[64], out[256];
	struct keep next;

	(void)arg;
	CHECK_EQ(keep_adopt(&next, image, sizeof(image), 1, 0), KEEP_KEPT);
	CHECK(tty_is_sound(kept(&next)));
	finish(&next, read, out);
	CHECK_STR(read, want_read);
	CHECK_STR(out, want_shown);
}

/* `ahead` was typed in raw mode, and goes through again with what is typed now. */
static void
fresh(const char *ahead)
{
	struct tty *y;

	memset(image, 0, sizeof(image));
	keep_format(&keep, image, sizeof(image), 512, 1, 0);
	y = kept(&keep);
	tty_init(y, 1);
	for (; *ahead != '\0'; ahead++)
		y->in[y->again_end++] = (uint8_t)*ahead;
	keep_ready(&keep);
}

static void
check_everywhere(const char *ahead, const char *text)
{
	typed = text;
	fresh(ahead);
	finish(&keep, want_read, want_shown);
	fresh(ahead);
	step_run(image, sizeof(image), act, died, NULL);
	CHECK(!step_is_possible() || step.deaths > 10);
}

static void
test_tty_killed_anywhere_loses_no_byte(void)
{
	check_everywhere("", "hi\r");
	CHECK_STR(want_read, "hi\n");
	check_everywhere("",
	    "ab\x7f\x7f"
	    "c d\x17"
	    "e\r");
	CHECK_STR(want_read, "c e\n");
	check_everywhere("", "x\x16\x03\x15y\x04");
	CHECK_STR(want_read, "y");
	check_everywhere("", "x\x03z\r");
	CHECK_STR(want_read, "z\n");
	check_everywhere("ab\x7f"
			 "c\n",
	    "");
	CHECK_STR(want_read, "ac\n");
	check_everywhere("x\x03y", "z\r");
	CHECK_STR(want_read, "yz\n");
}

/* Random typing and reading against a sound state; a long run past every ring's end. */
static void
test_tty_random_typing_stays_sound(void)
{
	static const char keys[] = "abc \t\r\n\x7f\x15\x17\x04\x03\x16\x13\x11\xc3\xa4\x1b";

	srand(7);
	start();
	for (int i = 0; i < 200000; i++) {
		char key[2] = {keys[rand() % (int)(sizeof(keys) - 1)], 0};

		type(key);
		CHECK(tty_is_sound(&t));
		if (rand() % 50 == 0)
			take((size_t)(rand() % 100 + 1));
		if (rand() % 20 == 0)
			screen();
		if (rand() % 500 == 0) {
			struct termios tio = t.termios;

			tio.c_lflag ^= rand() % 2 ? ICANON : ECHO;
			tty_set_termios(&plain, &t, &tio);
			CHECK(tty_is_sound(&t));
		}
	}
}

TEST_MAIN(TEST(test_tty_line_is_read_when_it_ends), TEST(test_tty_read_takes_one_line_or_a_part),
    TEST(test_tty_erase_kill_and_word), TEST(test_tty_erase_takes_back_what_was_shown),
    TEST(test_tty_end_of_file), TEST(test_tty_interrupt_signals_and_flushes),
    TEST(test_tty_literal_next), TEST(test_tty_raw_mode_by_min),
    TEST(test_tty_mode_change_gives_what_was_typed),
    TEST(test_tty_typed_ahead_in_raw_mode_then_read_as_lines),
    TEST(test_tty_end_of_file_typed_ahead_then_in_either_mode),
    TEST(test_tty_typed_ahead_then_shown_once), TEST(test_tty_full_input_then_typed_again),
    TEST(test_tty_output_processing), TEST(test_tty_flow_control_holds_output),
    TEST(test_tty_full_queues_lose_only_the_newest), TEST(test_tty_full_output_takes_what_fits),
    TEST(test_tty_killed_anywhere_loses_no_byte), TEST(test_tty_random_typing_stays_sound))
