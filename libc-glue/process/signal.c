/* SPDX-License-Identifier: Apache-2.0 */
/* signal.c - signals: sent by procmgr; ignored, or with their default action. */
#include "../glue.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAME_NUMBER(name, number, action, text) _Static_assert(SIG##name == number, #name);
SKINK_SIGNALS(SAME_NUMBER)
_Static_assert(NSIG == SKINK_SIGNAL_END, "NSIG");

enum default_action { NOTHING, END, STOP };

static enum default_action
default_of(int signo)
{
	switch (signo) {
#define DEFAULT(name, number, action, text) \
	case number: \
		return action;
		SKINK_SIGNALS(DEFAULT)
	}
	return NOTHING;
}

static const char *
text_of(int signo)
{
	switch (signo) {
#define TEXT(name, number, action, text) \
	case number: \
		return text;
		SKINK_SIGNALS(TEXT)
	}
	return "Unknown signal";
}

/* The earlier action, or a negative error. */
static long
disposition(int signo, unsigned action)
{
	struct proc_disposition request = {.signal = signo, .action = action};

	if (signo < 1 || signo >= NSIG)
		return -EINVAL;
	return procmgr_ask(PROC_DISPOSITION, &request, sizeof(request), NULL, 0);
}

static _sig_func_ptr
function_of(long action)
{
	return action == PROC_SIG_IGNORE ? SIG_IGN : SIG_DFL;
}

int
sigaction(int signo, const struct sigaction *action, struct sigaction *old)
{
	unsigned what = PROC_SIG_QUERY;
	long r;

	if (action != NULL) {
		if (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN)
			return (int)glue_result(-ENOTSUP);
		what = action->sa_handler == SIG_IGN ? PROC_SIG_IGNORE : PROC_SIG_DEFAULT;
	}
	r = disposition(signo, what);
	if (r < 0)
		return (int)glue_result(r);
	if (old != NULL)
		*old = (struct sigaction){.sa_handler = function_of(r)};
	return 0;
}

_sig_func_ptr
signal(int signo, _sig_func_ptr function)
{
	struct sigaction action = {.sa_handler = function}, old;

	return sigaction(signo, &action, &old) < 0 ? SIG_ERR : old.sa_handler;
}

int
kill(pid_t pid, int signo)
{
	struct proc_kill request = {.pid = pid, .signal = signo};

	if (signo < 0 || signo >= NSIG)
		return (int)glue_result(-EINVAL);
	return (int)glue_result(procmgr_ask(PROC_KILL, &request, sizeof(request), NULL, 0));
}

int
killpg(pid_t group, int signo)
{
	if (group < 0)
		return (int)glue_result(-EINVAL);
	return kill(group == 0 ? 0 : -group, signo);
}

int
raise(int signo)
{
	long action = disposition(signo, PROC_SIG_QUERY);

	if (action < 0)
		return (int)glue_result(action);
	if (action == PROC_SIG_IGNORE)
		return 0;
	switch (default_of(signo)) {
	case END:
		skink_process_exit(SKINK_STATUS_SIGNAL(signo, SKINK_CAUSE_NONE));
	case STOP:
		return (int)glue_result(-ENOTSUP);
	case NOTHING:
		break;
	}
	return 0;
}

/* Ignored or not. */
void
abort(void)
{
	skink_process_exit(SKINK_STATUS_SIGNAL(SIGABRT, SKINK_CAUSE_NONE));
}

int
pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	if (set != NULL && how != SIG_BLOCK && how != SIG_UNBLOCK && how != SIG_SETMASK)
		return EINVAL;
	if (set != NULL && how != SIG_UNBLOCK && *set != 0)
		return ENOTSUP;
	if (old != NULL)
		*old = 0;
	return 0;
}

int
sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	return (int)glue_result(-pthread_sigmask(how, set, old));
}

int
sigemptyset(sigset_t *set)
{
	*set = 0;
	return 0;
}

int
sigfillset(sigset_t *set)
{
	*set = ((1ul << NSIG) - 1) & ~1ul;
	return 0;
}

int
sigaddset(sigset_t *set, int signo)
{
	if (signo < 1 || signo >= NSIG)
		return (int)glue_result(-EINVAL);
	*set |= 1ul << signo;
	return 0;
}

int
sigdelset(sigset_t *set, int signo)
{
	if (signo < 1 || signo >= NSIG)
		return (int)glue_result(-EINVAL);
	*set &= ~(1ul << signo);
	return 0;
}

int
sigismember(const sigset_t *set, int signo)
{
	if (signo < 1 || signo >= NSIG)
		return (int)glue_result(-EINVAL);
	return (*set >> signo & 1) != 0;
}

char *
strsignal(int signo)
{
	return (char *)text_of(signo);
}

void
psignal(int signo, const char *text)
{
	if (text != NULL && *text != '\0')
		fprintf(stderr, "%s: %s\n", text, text_of(signo));
	else
		fprintf(stderr, "%s\n", text_of(signo));
}
