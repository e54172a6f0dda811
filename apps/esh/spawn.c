/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawn.c - starting programs and subshells, by posix_spawn alone. Children
 * inherit the descriptors as they stand; never waits for anyone.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell.h"

/* What the shell ignores at a prompt and programs shall not. */
static const int keyboard_signals[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};

/* More than this goes to a subshell through a pipe: arguments have a limit, and cost twice. */
#define ARGUMENT_BYTES_MAX 4096
#define ARGUMENTS_MAX      64

#define COUNT(a)           (sizeof(a) / sizeof((a)[0]))

static int
check_file(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == EACCES ? 126 : 127;
	return S_ISREG(st.st_mode) && (st.st_mode & 0111) != 0 ? 0 : 126;
}

int
spawn_find(struct shell *sh, const char *name, char **path)
{
	const char *dir = var_get(sh, "PATH");
	int result = 127;

	*path = NULL;
	if (strchr(name, '/') != NULL) {
		*path = mem_strdup(name);
		result = check_file(name);
		return result;
	}
	while (dir != NULL && name[0] != '\0') {
		size_t len = strcspn(dir, ":");
		struct strbuf candidate = {0};
		int found;

		strbuf_put(&candidate, len > 0 ? dir : ".", len > 0 ? len : 1);
		strbuf_printf(&candidate, "/%s", name);
		found = check_file(strbuf_cstr(&candidate));
		/* A directory in the path is no reason to stop looking. */
		if (found == 0) {
			free(*path);
			*path = strbuf_take(&candidate);
			return 0;
		}
		if (found == 126 && *path == NULL) {
			*path = strbuf_take(&candidate);
			result = 126;
		}
		strbuf_free(&candidate);
		dir = dir[len] == ':' ? dir + len + 1 : NULL;
	}
	return result;
}

static void
set_signals(struct shell *sh, posix_spawnattr_t *attr, short *flags)
{
	sigset_t defaults;

	if (!sh->interactive)
		return;
	sigemptyset(&defaults);
	for (size_t i = 0; i < COUNT(keyboard_signals); i++) {
		if ((sh->ignored >> keyboard_signals[i] & 1) == 0)
			sigaddset(&defaults, keyboard_signals[i]);
	}
	posix_spawnattr_setsigdefault(attr, &defaults);
	*flags |= POSIX_SPAWN_SETSIGDEF;
}

/* 0 or an errno value. */
static int
start(struct shell *sh, const char *path, char **argv, const struct spawn_how *how, pid_t *pid)
{
	struct strlist environment = {0};
	posix_spawnattr_t attr;
	short flags = 0;
	void (*on_int)(int) = SIG_ERR;
	void (*on_quit)(int) = SIG_ERR;
	int error;

	error = posix_spawnattr_init(&attr);
	if (error != 0)
		return error;
	if (how->group != GROUP_OWN) {
		posix_spawnattr_setpgroup(&attr, how->group == GROUP_NEW ? 0 : how->pgid);
		flags |= POSIX_SPAWN_SETPGROUP;
	}
	if (how->background && !sh->job_control) {
		on_int = signal(SIGINT, SIG_IGN);
		on_quit = signal(SIGQUIT, SIG_IGN);
	} else {
		set_signals(sh, &attr, &flags);
	}
	posix_spawnattr_setflags(&attr, flags);
	var_environment(sh, &environment);
	error = posix_spawn(pid, path, NULL, &attr, argv, environment.v);
	if (on_int != SIG_ERR)
		signal(SIGINT, on_int);
	if (on_quit != SIG_ERR)
		signal(SIGQUIT, on_quit);
	strlist_free(&environment);
	posix_spawnattr_destroy(&attr);
	return error;
}

/* A file without a format the system runs is a script if it looks like text. */
static bool
is_script(const char *path)
{
	char head[128];
	ssize_t n;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return false;
	n = read(fd, head, sizeof(head));
	close(fd);
	for (ssize_t i = 0; i < n && head[i] != '\n'; i++) {
		if (head[i] == '\0')
			return false;
	}
	return n >= 0;
}

static int
start_script(
    struct shell *sh, const char *path, char **argv, const struct spawn_how *how, pid_t *pid)
{
	struct strlist args = {0};
	int error;

	strlist_add(&args, mem_strdup(sh->self));
	strlist_add(&args, mem_strdup(path));
	for (int i = 1; argv[i] != NULL; i++)
		strlist_add(&args, mem_strdup(argv[i]));
	error = start(sh, sh->self, args.v, how, pid);
	strlist_free(&args);
	return error;
}

pid_t
spawn_program(struct shell *sh, char **argv, const struct spawn_how *how)
{
	char *path;
	int found = spawn_find(sh, argv[0], &path);
	int error = 0;
	pid_t pid = -1;

	if (found == 127) {
		report(sh,
		    strchr(argv[0], '/') != NULL ? "%s: No such file or directory"
						 : "%s: not found",
		    argv[0]);
	} else if (found == 126) {
		report(sh, "%s: Permission denied", argv[0]);
	} else {
		error = start(sh, path, argv, how, &pid);
		if (error == ENOEXEC && is_script(path))
			error = start_script(sh, path, argv, how, &pid);
		if (error != 0) {
			report(sh, "%s: %s", argv[0], strerror(error));
			found = error == ENOENT ? 127 : 126;
		}
	}
	free(path);
	return found != 0 ? -found : pid;
}

/* Starts a subshell that reads all it is to know from a pipe, and writes that. */
static int
start_with_pipe(struct shell *sh, struct strbuf *state, const char *text,
    const struct spawn_how *how, pid_t *pid)
{
	struct strlist args = {0};
	struct strbuf spec = {0};
	void (*on_pipe)(int);
	int ends[2];
	int error;

	if (pipe(ends) < 0)
		return errno;
	ends[0] = redir_hide(ends[0]);
	ends[1] = redir_hide(ends[1]);
	fcntl(ends[0], F_SETFD, 0);
	state_write_args(sh, state);
	strbuf_printf(&spec, "@%d:%zu", ends[0], state->len);
	strlist_add(&args, mem_strdup(sh->self));
	strlist_add(&args, mem_strdup("-S"));
	strlist_add(&args, strbuf_take(&spec));
	strlist_add(&args, mem_strdup("-c"));
	strlist_add(&args, mem_strdup(""));
	strlist_add(&args, mem_strdup(sh->arg0));
	error = start(sh, sh->self, args.v, how, pid);
	close(ends[0]);
	if (error == 0) {
		/* A subshell that dies before it has read all fails by its status. */
		on_pipe = signal(SIGPIPE, SIG_IGN);
		if (write_all(ends[1], state->data, state->len))
			(void)write_all(ends[1], text, strlen(text));
		signal(SIGPIPE, on_pipe);
	}
	close(ends[1]);
	strlist_free(&args);
	return error;
}

static int
start_with_arguments(struct shell *sh, struct strbuf *state, const char *text,
    const struct spawn_how *how, pid_t *pid)
{
	struct strlist args = {0};
	int error;

	strlist_add(&args, mem_strdup(sh->self));
	strlist_add(&args, mem_strdup("-S"));
	strlist_add(&args, mem_strdup(strbuf_cstr(state)));
	strlist_add(&args, mem_strdup("-c"));
	strlist_add(&args, mem_strdup(text));
	strlist_add(&args, mem_strdup(sh->arg0));
	for (size_t i = 0; i < sh->args.n; i++)
		strlist_add(&args, mem_strdup(sh->args.v[i]));
	error = start(sh, sh->self, args.v, how, pid);
	strlist_free(&args);
	return error;
}

pid_t
spawn_shell(struct shell *sh, const char *text, int line, const struct spawn_how *how)
{
	struct strbuf state = {0};
	pid_t pid = -1;
	size_t len = strlen(text);
	int error;

	state_write(sh, &state, line);
	for (size_t i = 0; i < sh->args.n; i++)
		len += strlen(sh->args.v[i]) + 1;
	if (state.len + len <= ARGUMENT_BYTES_MAX && sh->args.n <= ARGUMENTS_MAX)
		error = start_with_arguments(sh, &state, text, how, &pid);
	else
		error = start_with_pipe(sh, &state, text, how, &pid);
	strbuf_free(&state);
	if (error != 0) {
		report(sh, "cannot start a subshell: %s", strerror(error));
		return -126;
	}
	return pid;
}
