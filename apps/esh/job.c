/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job.c - the processes the shell waits for. Owns the table of background jobs;
 * every child is waited for by its own pid, so none is ever mistaken.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/signame.h"
#include "shell.h"

struct job {
	struct job *next; /* newest first */
	int id;
	pid_t pgid; /* 0: in the shell's group */
	pid_t *pids;
	int *wait_statuses; /* RUNNING, or as waitpid gave it */
	int n;
	char *text;
};

#define RUNNING          (-1)
#define WAIT_POLL_MAX_US 32000
/* Of a command's text in a message. */
#define TEXT_MAX 60

/* Children nobody asks about, until they end. */
static struct {
	pid_t *pids;
	size_t n;
} strays;

static int
exit_status(int wait_status)
{
	if (WIFSIGNALED(wait_status))
		return 128 + WTERMSIG(wait_status);
	return WEXITSTATUS(wait_status);
}

/* Waits; false if there is no such child (any more). */
static bool
wait_for(pid_t pid, int *wait_status)
{
	pid_t got;

	do {
		got = waitpid(pid, wait_status, 0);
	} while (got < 0 && errno == EINTR);
	return got == pid;
}

/* The text of a command for a message: one line of bounded length. */
static void
put_text(struct strbuf *b, const char *text)
{
	size_t len = strlen(text);

	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\n'))
		len--;
	for (size_t i = 0; i < len && i < TEXT_MAX; i++)
		strbuf_putc(b, text[i] == '\n' ? ' ' : text[i]);
	if (len > TEXT_MAX)
		strbuf_puts(b, "...");
}

static void
describe_death(struct shell *sh, int wait_status, pid_t pid, const char *text)
{
	int sig = WTERMSIG(wait_status);
	const struct signame *name = signame_find(sig);
	struct strbuf b = {0};

	/* What the user did at the keyboard, and a reader that left, are no news. */
	if (sig == SIGPIPE || (sig == SIGINT && !sh->interactive))
		return;
	if (sig == SIGINT) {
		(void)write_all(2, "\n", 1);
		return;
	}
	if (name != NULL)
		strbuf_puts(&b, name->text);
	else
		strbuf_printf(&b, "Signal %d", sig);
	strbuf_printf(&b, " (process %ld", (long)pid);
	if (text != NULL) {
		strbuf_puts(&b, "): ");
		put_text(&b, text);
	} else {
		strbuf_puts(&b, ")");
	}
	report(sh, "%s", strbuf_cstr(&b));
	strbuf_free(&b);
}

static void
reap_strays(void)
{
	int wait_status;

	for (size_t i = 0; i < strays.n;) {
		if (waitpid(strays.pids[i], &wait_status, WNOHANG) != 0)
			strays.pids[i] = strays.pids[--strays.n];
		else
			i++;
	}
}

void
job_add_stray(pid_t pid)
{
	reap_strays();
	strays.pids = mem_resize(strays.pids, (strays.n + 1) * sizeof(*strays.pids));
	strays.pids[strays.n++] = pid;
}

int
job_wait_foreground(
    struct shell *sh, const pid_t *pids, const int *statuses, int n, pid_t pgid, const char *text)
{
	int status = 0;
	bool interrupted = false;
	bool killed = false;

	for (int i = 0; i < n; i++) {
		int wait_status = 0;

		status = statuses != NULL ? statuses[i] : 0;
		if (pids[i] == 0)
			continue;
		if (!wait_for(pids[i], &wait_status)) {
			status = 127;
			continue;
		}
		status = exit_status(wait_status);
		if (!WIFSIGNALED(wait_status))
			continue;
		killed = true;
		interrupted = interrupted || WTERMSIG(wait_status) == SIGINT;
		/* Of a pipeline that ^C ended, one line is enough. */
		if (WTERMSIG(wait_status) != SIGINT || i == n - 1)
			describe_death(sh, wait_status, pids[i], text);
	}
	if (pgid != 0)
		tty_take(sh);
	if (killed && sh->interactive)
		tty_repair();
	if (interrupted && sh->interactive) {
		sh->flow = FLOW_ABORT;
		sh->status = status;
	}
	reap_strays();
	return status;
}

void
job_add(struct shell *sh, const pid_t *pids, int n, pid_t pgid, const char *text)
{
	struct job *j = mem_alloc(sizeof(*j));
	struct strbuf b = {0};

	j->id = sh->jobs == NULL ? 1 : sh->jobs->id + 1;
	j->pgid = pgid;
	j->n = n;
	j->pids = mem_alloc((size_t)n * sizeof(*j->pids));
	j->wait_statuses = mem_alloc((size_t)n * sizeof(*j->wait_statuses));
	for (int i = 0; i < n; i++) {
		j->pids[i] = pids[i];
		j->wait_statuses[i] = pids[i] != 0 ? RUNNING : 127 << 8;
	}
	put_text(&b, text);
	j->text = strbuf_take(&b);
	j->next = sh->jobs;
	sh->jobs = j;
	if (n > 0 && pids[n - 1] != 0) {
		sh->background_pid = pids[n - 1];
		if (sh->interactive)
			report(sh, "[%d] %ld", j->id, (long)pids[n - 1]);
	}
}

static void
free_job(struct job *j)
{
	free(j->pids);
	free(j->wait_statuses);
	free(j->text);
	free(j);
}

static void
remove_job(struct shell *sh, struct job *j)
{
	struct job **slot = &sh->jobs;

	while (*slot != j)
		slot = &(*slot)->next;
	*slot = j->next;
	free_job(j);
}

/* Waits for the job, or looks at it; true once all of its processes ended. */
static bool
job_check(struct job *j, int options)
{
	bool ended = true;

	for (int i = 0; i < j->n; i++) {
		int wait_status = 127 << 8;
		pid_t got;

		if (j->wait_statuses[i] != RUNNING)
			continue;
		do {
			got = waitpid(j->pids[i], &wait_status, options);
		} while (got < 0 && errno == EINTR);
		if (got == 0)
			ended = false;
		else
			j->wait_statuses[i] = wait_status;
	}
	return ended;
}

/* Waits for the job to end; false if it aborts: ^C is only seen by looking. */
static bool
job_wait(struct shell *sh, struct job *j)
{
	useconds_t pause_us = 500;

	while (!job_check(j, sh->job_control ? WNOHANG : 0)) {
		if (tty_aborts(sh))
			return false;
		usleep(pause_us);
		if (pause_us < WAIT_POLL_MAX_US)
			pause_us *= 2;
	}
	return true;
}

static int
job_status(const struct job *j)
{
	return j->n == 0 ? 127 : exit_status(j->wait_statuses[j->n - 1]);
}

static void
announce_end(struct shell *sh, const struct job *j)
{
	int wait_status = j->n == 0 ? 0 : j->wait_statuses[j->n - 1];
	const struct signame *name;

	if (WIFSIGNALED(wait_status)) {
		name = signame_find(WTERMSIG(wait_status));
		report(sh, "[%d] %s: %s", j->id, name != NULL ? name->text : "Killed", j->text);
	} else if (job_status(j) != 0) {
		report(sh, "[%d] Exit %d: %s", j->id, job_status(j), j->text);
	} else {
		report(sh, "[%d] Done: %s", j->id, j->text);
	}
}

void
job_poll(struct shell *sh, bool print)
{
	struct job *next;

	reap_strays();
	for (struct job *j = sh->jobs; j != NULL; j = next) {
		next = j->next;
		if (!job_check(j, WNOHANG) || !print)
			continue;
		announce_end(sh, j);
		remove_job(sh, j);
	}
}

int
job_wait_pid(struct shell *sh, pid_t pid)
{
	for (struct job *j = sh->jobs; j != NULL; j = j->next) {
		int status;

		if (j->n == 0 || j->pids[j->n - 1] != pid)
			continue;
		if (!job_wait(sh, j))
			return sh->status;
		status = job_status(j);
		remove_job(sh, j);
		return status;
	}
	return 127;
}

int
job_wait_all(struct shell *sh)
{
	while (sh->jobs != NULL) {
		if (!job_wait(sh, sh->jobs))
			return sh->status;
		remove_job(sh, sh->jobs);
	}
	return 0;
}

void
job_list(struct shell *sh, struct strbuf *out)
{
	job_poll(sh, false);
	for (struct job *j = sh->jobs; j != NULL; j = j->next) {
		bool running = false;

		for (int i = 0; i < j->n; i++)
			running = running || j->wait_statuses[i] == RUNNING;
		strbuf_printf(out, "[%d] %s %s\n", j->id, running ? "Running" : "Done   ", j->text);
	}
}

/* %n, or the newest. */
static struct job *
find_job(struct shell *sh, const char *spec)
{
	struct job *j = sh->jobs;
	int id = spec[1] == '\0' || spec[1] == '%' || spec[1] == '+' ? 0 : atoi(spec + 1);

	while (j != NULL && id != 0 && j->id != id)
		j = j->next;
	return j;
}

int
job_foreground(struct shell *sh, const char *spec)
{
	struct job *j = spec[0] == '%' ? find_job(sh, spec) : NULL;
	struct strbuf text = {0};
	int status;

	if (j == NULL) {
		report(sh, "fg: %s: no such job", spec);
		return 1;
	}
	strbuf_printf(&text, "%s\n", j->text);
	(void)builtin_write(sh, "fg", &text);
	if (!job_check(j, WNOHANG) && j->pgid != 0)
		tty_give(sh, j->pgid);
	/* Those that ended are not waited for again. */
	for (int i = 0; i < j->n; i++) {
		if (j->wait_statuses[i] == RUNNING)
			continue;
		j->pids[i] = 0;
		j->wait_statuses[i] = exit_status(j->wait_statuses[i]);
	}
	status = job_wait_foreground(sh, j->pids, j->wait_statuses, j->n, j->pgid, j->text);
	remove_job(sh, j);
	return status;
}

pid_t
job_target(struct shell *sh, const char *spec, bool *is_group)
{
	struct job *j = find_job(sh, spec);

	if (j == NULL || j->n == 0)
		return 0;
	*is_group = j->pgid != 0;
	return j->pgid != 0 ? j->pgid : j->pids[j->n - 1];
}

void
job_free(struct shell *sh)
{
	while (sh->jobs != NULL)
		remove_job(sh, sh->jobs);
	free(strays.pids);
	strays.pids = NULL;
	strays.n = 0;
}
