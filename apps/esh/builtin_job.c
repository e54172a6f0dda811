/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builtin_job.c - builtins about processes: jobs, fg, kill, wait.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/signame.h"
#include "builtin.h"

int
builtin_jobs(struct shell *sh, int argc, char **argv)
{
	struct strbuf out = {0};

	(void)argc;
	(void)argv;
	job_list(sh, &out);
	return builtin_write(sh, "jobs", &out);
}

/* fg [%JOB]: waits for a background job with the terminal in its hands. */
int
builtin_fg(struct shell *sh, int argc, char **argv)
{
	if (!sh->job_control) {
		report(sh, "fg: no job control");
		return 1;
	}
	return job_foreground(sh, argc > 1 ? argv[1] : "%%");
}

int
builtin_wait(struct shell *sh, int argc, char **argv)
{
	int status = 0;

	if (argc < 2)
		return job_wait_all(sh);
	for (int i = 1; i < argc; i++) {
		bool is_group = false;
		long pid;

		if (argv[i][0] == '%')
			pid = job_target(sh, argv[i], &is_group);
		else
			pid = builtin_number(sh, "wait", argv[i], 1);
		status = pid > 0 ? job_wait_pid(sh, (pid_t)pid) : argv[i][0] == '%' ? 127 : 2;
	}
	return status;
}

static int
list_signals(struct shell *sh, int argc, char **argv)
{
	struct strbuf out = {0};
	const struct signame *s;

	if (argc > 2) {
		long number = strtol(argv[2], NULL, 10);

		/* Also from the status of a process that a signal ended. */
		s = signame_find((int)(number > 128 ? number - 128 : number));
		if (s == NULL) {
			report(sh, "kill: %s: bad signal", argv[2]);
			return 1;
		}
		strbuf_printf(&out, "%s\n", s->name);
		return builtin_write(sh, "kill", &out);
	}
	for (size_t i = 0; (s = signame_at(i)) != NULL; i++)
		strbuf_printf(&out, "%s%s", s->name, signame_at(i + 1) != NULL ? " " : "\n");
	return builtin_write(sh, "kill", &out);
}

static bool
send_to(struct shell *sh, const char *target, int signal_number)
{
	bool is_group = false;
	char *end;
	pid_t pid;

	if (target[0] == '%') {
		pid = job_target(sh, target, &is_group);
		if (pid == 0) {
			report(sh, "kill: %s: no such job", target);
			return false;
		}
	} else {
		pid = (pid_t)strtol(target, &end, 10);
		if (*target == '\0' || *end != '\0') {
			report(sh, "kill: %s: bad process", target);
			return false;
		}
	}
	if (kill(is_group ? -pid : pid, signal_number) == 0)
		return true;
	report(sh, "kill: %s: %s", target, strerror(errno));
	return false;
}

int
builtin_kill(struct shell *sh, int argc, char **argv)
{
	const char *name = NULL;
	int number = SIGTERM;
	int status = 0;
	int i = 1;

	if (argc > 1 && strcmp(argv[1], "-l") == 0)
		return list_signals(sh, argc, argv);
	if (argc > 2 && strcmp(argv[1], "-s") == 0) {
		name = argv[2];
		i = 3;
	} else if (argc > 1 && argv[1][0] == '-' && strcmp(argv[1], "--") != 0) {
		name = argv[1] + 1;
		i = 2;
	}
	if (name != NULL)
		number = signame_parse(name);
	if (number < 0) {
		report(sh, "kill: %s: bad signal", name);
		return 1;
	}
	if (i < argc && strcmp(argv[i], "--") == 0)
		i++;
	if (i >= argc) {
		report(sh, "usage: kill [-s SIGNAL | -SIGNAL] PID|%%JOB... | kill -l");
		return 2;
	}
	for (; i < argc; i++) {
		if (!send_to(sh, argv[i], number))
			status = 1;
	}
	return status;
}
