/* SPDX-License-Identifier: Apache-2.0 */
/* stty.c - shows and sets a terminal's modes: that of standard input. */
#include <stdio.h>
#include <string.h>
#include <termios.h>

#include "cmd.h"

static const char usage[] =
    "usage: stty [-a | MODE...]\n"
    "Shows all modes of the terminal at standard input, or sets some; - before a mode switches it\n"
    "off. raw and sane stand for several; min N and time N set those numbers.\n";

enum field { FIELD_INPUT, FIELD_OUTPUT, FIELD_LOCAL };

static const struct {
	const char *name;
	enum field field;
	tcflag_t bit;
	bool sane;
} modes[] = {
    {"icrnl", FIELD_INPUT, ICRNL, true},
    {"inlcr", FIELD_INPUT, INLCR, false},
    {"igncr", FIELD_INPUT, IGNCR, false},
    {"ixon", FIELD_INPUT, IXON, false},
    {"opost", FIELD_OUTPUT, OPOST, true},
    {"onlcr", FIELD_OUTPUT, ONLCR, true},
    {"isig", FIELD_LOCAL, ISIG, true},
    {"icanon", FIELD_LOCAL, ICANON, true},
    {"iexten", FIELD_LOCAL, IEXTEN, true},
    {"echo", FIELD_LOCAL, ECHO, true},
    {"echoe", FIELD_LOCAL, ECHOE, true},
    {"echok", FIELD_LOCAL, ECHOK, true},
    {"echonl", FIELD_LOCAL, ECHONL, false},
    {"noflsh", FIELD_LOCAL, NOFLSH, false},
};

static const struct {
	const char *name;
	int index;
} characters[] = {
    {"intr", VINTR},
    {"erase", VERASE},
    {"kill", VKILL},
    {"eof", VEOF},
    {"quit", VQUIT},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static tcflag_t *
find_field(struct termios *t, enum field field)
{
	return field == FIELD_INPUT ? &t->c_iflag
	    : field == FIELD_OUTPUT ? &t->c_oflag
				    : &t->c_lflag;
}

static void
print_modes(struct termios *t)
{
	for (size_t i = 0; i < COUNT(characters); i++) {
		unsigned c = t->c_cc[characters[i].index];

		printf("%s = ", characters[i].name);
		if (c == 0)
			printf("off; ");
		else if (c < ' ' || c == 0x7f)
			printf("^%c; ", (int)(c ^ 0x40));
		else
			printf("%c; ", (int)c);
	}
	printf("min = %u; time = %u\n", (unsigned)t->c_cc[VMIN], (unsigned)t->c_cc[VTIME]);
	for (size_t i = 0; i < COUNT(modes); i++) {
		bool on = (*find_field(t, modes[i].field) & modes[i].bit) != 0;
		bool ends = i + 1 == COUNT(modes) || modes[i + 1].field != modes[i].field;

		printf("%s%s%s", on ? "" : "-", modes[i].name, ends ? "\n" : " ");
	}
}

static void
set_sane(struct termios *t)
{
	for (size_t i = 0; i < COUNT(modes); i++) {
		tcflag_t *flags = find_field(t, modes[i].field);

		*flags = modes[i].sane ? *flags | modes[i].bit : *flags & ~modes[i].bit;
	}
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

static void
set_raw(struct termios *t)
{
	t->c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON);
	t->c_oflag &= ~(tcflag_t)OPOST;
	t->c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

static bool
set_mode(struct termios *t, const char *name)
{
	bool on = *name != '-';

	name += !on;
	if (strcmp(name, "raw") == 0 || strcmp(name, "sane") == 0) {
		if (*name == 'r' && on)
			set_raw(t);
		else
			set_sane(t);
		return true;
	}
	for (size_t i = 0; i < COUNT(modes); i++) {
		tcflag_t *flags = find_field(t, modes[i].field);

		if (strcmp(modes[i].name, name) != 0)
			continue;
		*flags = on ? *flags | modes[i].bit : *flags & ~modes[i].bit;
		return true;
	}
	return false;
}

int
main(int argc, char **argv)
{
	struct termios t;

	cmd_start(argc, argv, usage);
	if (tcgetattr(0, &t) < 0) {
		cmd_error("standard input");
		return 1;
	}
	if (argc < 2 || (argc == 2 && strcmp(argv[1], "-a") == 0)) {
		print_modes(&t);
		return cmd_finish(0);
	}
	for (int i = 1; i < argc; i++) {
		bool is_min = strcmp(argv[i], "min") == 0;

		if ((is_min || strcmp(argv[i], "time") == 0) && i + 1 < argc) {
			t.c_cc[is_min ? VMIN : VTIME] = (cc_t)cmd_number(argv[++i], 0, 255);
		} else if (!set_mode(&t, argv[i])) {
			cmd_warn("%s: unknown mode", argv[i]);
			return 2;
		}
	}
	if (tcsetattr(0, TCSADRAIN, &t) < 0) {
		cmd_error("standard input");
		return 1;
	}
	return 0;
}
