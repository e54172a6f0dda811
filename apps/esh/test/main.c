/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c - the shell and its tests in one program: called from a folder made
 * for that it is the shell; otherwise it fuzzes the parser and lets run.py test.
 */
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../parser.h"
#include "../print.h"
#include "../shell.h"

extern char **environ;

/* Asked by the leak checker, which needs /proc: a bare chroot has none, and no options come
 * through to it there. */
int __lsan_is_turned_off(void);
int
__lsan_is_turned_off(void)
{
	return access("/proc/self/maps", R_OK) != 0;
}

/* Nor does any terminal here count. */
bool
keyboard_count(uint64_t *interrupts)
{
	(void)interrupts;
	return false;
}

/* The shell is what is called from such a folder. */
#define FOLDER "/esh-test-"

/* Scripts that the fuzzer takes apart and puts together. */
static const char *const seeds[] = {
    "if a; then b; elif c; then d; else e; fi\n",
    "for i in a \"b c\" $x; do echo $i; done | while read y; do z; done\n",
    "case $x in a|b) c;; (d*) e; esac; f() { g; } >h 2>&1; f & wait\n",
    "cat <<E <<-'F' && echo ${x:-\"${y#*.}\"} $(echo `id` $((1+(2*x)))) \\\n more\nbody "
    "$x\nE\n\tf\nF\n",
    "x=1 y=$(cat <<E\nin\nE\n) cmd <>f >|g >&2 <&- &>h ! | ! a; ! (b; c) || { d; }\n",
    "echo \"$@\" ${#x} ${x%%y} $((a ? b : c)) 'q' \\q # comment\nuntil false; do :; done\n",
};

static uint32_t random_state;

static uint32_t
next_random(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % below;
}

static void
mutate(struct strbuf *text)
{
	static const char bits[] = "\"'`$(){}[]<>|&;\n\\ #!=?*-+:%~09axifdo";
	const char *other;
	size_t at, len;

	switch (next_random(4)) {
	case 0:
		if (text->len > 0)
			text->data[next_random((uint32_t)text->len)] =
			    bits[next_random(sizeof(bits) - 1)];
		break;
	case 1:
		if (text->len > 1) {
			at = next_random((uint32_t)text->len - 1);
			len = 1 + next_random((uint32_t)(text->len - at));
			len = len > text->len - at ? text->len - at : len;
			memmove(text->data + at, text->data + at + len, text->len - at - len);
			text->len -= len;
		}
		break;
	case 2:
		for (int n = 1 + (int)next_random(4); n > 0; n--)
			strbuf_putc(text, bits[next_random(sizeof(bits) - 1)]);
		break;
	default:
		other = seeds[next_random(sizeof(seeds) / sizeof(seeds[0]))];
		at = next_random((uint32_t)strlen(other));
		len = 1 + next_random((uint32_t)strlen(other + at));
		strbuf_put(text, other + at, strnlen(other + at, len));
		break;
	}
}

/* The whole text as its trees print; false where it has an error. */
static bool
reprint(const char *text, size_t len, struct strbuf *out)
{
	struct input in;
	enum parse_result result;

	input_from_string(&in, text, len, 1);
	do {
		struct arena *arena = arena_new();
		struct lexer lx;
		struct node *n;

		lexer_init(&lx, &in, arena, 0);
		result = parser_command(&lx, &n);
		if (result == PARSE_COMMAND && n != NULL)
			print_node(out, n);
		arena_drop(arena);
		input_discard(&in);
	} while (result == PARSE_COMMAND);
	input_free(&in);
	return result == PARSE_END;
}

/* What was printed parses, and prints the same again. */
static bool
check_round_trip(const char *text, size_t len)
{
	struct strbuf once = {0};
	struct strbuf twice = {0};
	bool ok = true;

	if (reprint(text, len, &once)) {
		ok = reprint(strbuf_cstr(&once), once.len, &twice) && once.len == twice.len &&
		    memcmp(once.data, strbuf_cstr(&twice), once.len) == 0;
		if (!ok)
			printf("  source: <%.*s>\n  once: <%s>\n  twice: <%s>\n", (int)len, text,
			    once.data, strbuf_cstr(&twice));
	}
	strbuf_free(&once);
	strbuf_free(&twice);
	return ok;
}

/* For so many seconds, or until something fails. */
static bool
test_parser_round_trip(uint32_t seed, time_t seconds)
{
	time_t end = time(NULL) + seconds;
	long n = 0;

	while (time(NULL) < end) {
		struct strbuf text = {0};
		bool ok;

		random_state = seed + 1;
		strbuf_puts(&text, seeds[next_random(sizeof(seeds) / sizeof(seeds[0]))]);
		for (int k = (int)next_random(8); k > 0; k--)
			mutate(&text);
		strbuf_cstr(&text);
		/* A hang is a failure, too. */
		alarm(10);
		ok = check_round_trip(text.data, text.len);
		alarm(0);
		strbuf_free(&text);
		if (!ok) {
			printf("not ok esh_parser_round_trip\n  seed %u\n", (unsigned)seed);
			return false;
		}
		seed++;
		n++;
	}
	printf("ok esh_parser_round_trip\n  %ld texts\n", n);
	return true;
}

static int
run_python(const char *program, const char *word)
{
	static char folder[] = "/tmp" FOLDER "XXXXXX";
	const char *slash = strrchr(__FILE__, '/');
	char link_path[64], script[512], self[512];
	char *argv[] = {"python3", script, link_path, (char *)word, NULL};
	int wait_status = -1;
	pid_t pid;

	if (mkdtemp(folder) == NULL || realpath(program, self) == NULL)
		return 1;
	snprintf(script, sizeof(script), "%.*s/run.py", (int)(slash - __FILE__), __FILE__);
	snprintf(link_path, sizeof(link_path), "%s/esh", folder);
	if (symlink(self, link_path) == 0 &&
	    posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) == 0)
		waitpid(pid, &wait_status, 0);
	unlink(link_path);
	rmdir(folder);
	return wait_status == 0 ? 0 : 1;
}

/* esh [WORD] runs the tests; esh --fuzz SEED SECONDS only the fuzzer. */
int
main(int argc, char **argv)
{
	bool ok;

	if (strstr(argv[0], FOLDER) != NULL)
		return esh_main(argc, argv);
	if (argc == 4 && strcmp(argv[1], "--fuzz") == 0)
		return !test_parser_round_trip(
		    (uint32_t)strtoul(argv[2], NULL, 0), (time_t)strtol(argv[3], NULL, 0));
	ok = test_parser_round_trip(1, 3);
	fflush(stdout);
	return run_python(argv[0], argc > 1 ? argv[1] : NULL) != 0 || !ok;
}
