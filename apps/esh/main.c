/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c - esh, Skink's shell: options, where commands come from, the end.
 *
 *   mem      memory, strings, arenas       exec      the tree is walked
 *   input    source text by the line       simple    simple commands
 *   lexer    tokens        word  words     pipeline  what runs beside the shell
 *   parser   trees         print and back  spawn     processes    state  subshells
 *   expand param arith subst glob match    job       waiting for them
 *   var function  what has a name          tty edit history complete  the prompt
 *   redir    redirections                  builtin*  test   the builtins
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edit.h"
#include "shell.h"

extern char **environ;

struct options {
	const char *command; /* -c */
	const char *state; /* -S: what a parent shell hands over; "@FD:LENGTH" where it lies */
	bool from_stdin; /* -s */
	bool interactive; /* -i */
};

static const char usage[] =
    "usage: esh [-eiuxfs] [-c COMMAND [NAME [ARG...]] | FILE [ARG...]]\n"
    "The shell. Without -c and FILE it reads commands from standard input.\n"
    "  -c COMMAND  run COMMAND; NAME becomes $0\n"
    "  -s          read commands from standard input; all operands are arguments\n"
    "  -i          interactive: prompt, ignore ^C\n"
    "  -e          exit when a command fails     -u  unset variables are errors\n"
    "  -x          show commands as they are run -f  no matching of file names\n";

static bool
set_flag(struct shell *sh, struct options *o, char letter)
{
	switch (letter) {
	case 'e':
		sh->errexit = true;
		return true;
	case 'f':
		sh->noglob = true;
		return true;
	case 'i':
		o->interactive = true;
		return true;
	case 's':
		o->from_stdin = true;
		return true;
	case 'u':
		sh->nounset = true;
		return true;
	case 'x':
		sh->xtrace = true;
		return true;
	default:
		return false;
	}
}

/* The index of the first operand; -1 for bad usage. */
static int
parse_options(struct shell *sh, int argc, char **argv, struct options *o)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		const char *c = argv[i] + 1;
		bool wants_command = false;

		if (strcmp(argv[i], "--") == 0)
			return i + 1;
		if (strcmp(argv[i], "-S") == 0 && i + 1 < argc) {
			o->state = argv[++i];
			continue;
		}
		for (; *c != '\0'; c++) {
			if (*c == 'c')
				wants_command = true;
			else if (!set_flag(sh, o, *c))
				return -1;
		}
		if (wants_command) {
			if (i + 1 >= argc)
				return -1;
			o->command = argv[i + 1];
			return i + 2;
		}
	}
	return i;
}

/* Where this program lies: subshells are started from there. */
static char *
find_self(struct shell *sh, const char *argv0)
{
	char directory[PATH_MAX];
	struct strbuf path = {0};
	char *found = NULL;

	if (argv0[0] == '-')
		argv0++;
	if (strchr(argv0, '/') == NULL) {
		if (spawn_find(sh, argv0, &found) == 0 && found[0] == '/')
			return found;
		argv0 = found != NULL ? found : "/proc/boot/esh";
	}
	/* A relative path would not survive a cd. */
	if (argv0[0] != '/' && getcwd(directory, sizeof(directory)) != NULL)
		strbuf_printf(&path, "%s/", directory);
	strbuf_puts(&path, argv0);
	free(found);
	return strbuf_take(&path);
}

static void
take_operands(struct shell *sh, int argc, char **argv, int first)
{
	for (int i = first; i < argc; i++)
		strlist_add(&sh->args, mem_strdup(argv[i]));
}

/* Those that every shell begins with. */
static void
set_variables(struct shell *sh)
{
	char directory[PATH_MAX];
	struct strbuf parent = {0};

	var_import(sh, environ);
	if (var_get(sh, "PATH") == NULL)
		var_set(sh, "PATH", "/proc/boot:/bin");
	if (getcwd(directory, sizeof(directory)) != NULL)
		var_set(sh, "PWD", directory);
	var_set(sh, "OPTIND", "1");
	/* A subshell gets the first shell's with its state. */
	strbuf_printf(&parent, "%ld", (long)getppid());
	var_set(sh, "PPID", strbuf_cstr(&parent));
	strbuf_free(&parent);
}

static void
run_prompt(struct shell *sh)
{
	struct input in;

	input_from_fetch(&in, tty_fetch, sh);
	do {
		sh->flow = FLOW_NEXT;
		sh->errexit_off = 0;
		sh->loop_depth = 0;
		sh->call_depth = 0;
		run_input(sh, &in);
		input_flush(&in);
	} while (sh->flow == FLOW_ABORT || sh->flow == FLOW_RETURN);
	input_free(&in);
}

static int
run_file(struct shell *sh, const char *path)
{
	struct input in;
	int fd = open(path, O_RDONLY);
	int error = errno;

	if (fd < 0) {
		sh->source = NULL;
		report(sh, "%s: %s", path, strerror(error));
		return error == ENOENT ? 127 : 126;
	}
	fd = redir_hide(fd);
	input_from_fd(&in, fd, false);
	sh->status = run_input(sh, &in);
	input_free(&in);
	close(fd);
	return sh->status;
}

/* Takes in what a parent shell hands over, and the commands if they come that way. */
static bool
read_state(struct shell *sh, struct options *o, struct strbuf *commands, int *line)
{
	struct strbuf state = {0};
	char *end = NULL;
	bool ok = true;
	long fd;

	if (o->state[0] != '@')
		return state_read(sh, o->state, line);
	fd = strtol(o->state + 1, &end, 10);
	ok = *end == ':' && state_receive((int)fd, strtoul(end + 1, NULL, 10), &state, commands) &&
	    state_read(sh, strbuf_cstr(&state), line);
	o->command = strbuf_cstr(commands);
	strbuf_free(&state);
	return ok;
}

static void
run_commands(struct shell *sh, const struct options *o, const char *file, int line)
{
	struct input in;

	if (o->command != NULL) {
		sh->source = o->state != NULL ? sh->arg0 : "esh";
		input_from_string(&in, o->command, strlen(o->command), line);
		sh->status = run_input(sh, &in);
		input_free(&in);
	} else if (file != NULL) {
		sh->source = file;
		sh->status = run_file(sh, file);
	} else if (sh->interactive) {
		sh->source = NULL;
		tty_start(sh);
		run_prompt(sh);
	} else {
		sh->source = "esh";
		input_from_fd(&in, 0, true);
		sh->status = run_input(sh, &in);
		input_free(&in);
	}
}

static void
run_exit_action(struct shell *sh)
{
	char *action = sh->exit_action;
	int status = sh->status;

	sh->exit_action = NULL;
	if (action == NULL)
		return;
	sh->flow = FLOW_NEXT;
	sh->errexit_off = 0;
	run_string(sh, action, "exit action", 1);
	free(action);
	if (sh->flow != FLOW_EXIT)
		sh->status = status;
}

static void
free_shell(struct shell *sh)
{
	job_free(sh);
	function_free(sh);
	var_free(sh);
	strlist_free(&sh->args);
	history_free();
	free(sh->exit_action);
	free(sh->self);
	free(sh->arg0);
}

int
esh_main(int argc, char **argv)
{
	static struct shell shell;
	struct shell *sh = &shell;
	struct options o = {0};
	struct strbuf commands = {0};
	const char *file = NULL;
	int line = 1;
	int first;

	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return write_all(1, usage, sizeof(usage) - 1) ? 0 : 1;
	sh->source = "esh";
	sh->pid = getpid();
	first = parse_options(sh, argc, argv, &o);
	if (first < 0) {
		(void)write_all(2, usage, sizeof(usage) - 1);
		return 2;
	}
	set_variables(sh);
	sh->self = find_self(sh, argc > 0 ? argv[0] : "esh");
	if (o.command == NULL && !o.from_stdin && first < argc)
		file = argv[first++];
	else if (o.command != NULL && first < argc)
		sh->arg0 = mem_strdup(argv[first++]);
	if (sh->arg0 == NULL)
		sh->arg0 = mem_strdup(file != NULL ? file : argc > 0 ? argv[0] : "esh");
	take_operands(sh, argc, argv, first);
	sh->interactive =
	    o.interactive || (o.command == NULL && file == NULL && isatty(0) && isatty(2));
	if (o.state != NULL && !read_state(sh, &o, &commands, &line))
		sh->status = report_abort(sh, "bad state from the parent shell");
	else
		run_commands(sh, &o, file, line);
	run_exit_action(sh);
	first = sh->status;
	strbuf_free(&commands);
	free_shell(sh);
	return first;
}
