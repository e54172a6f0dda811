/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signal.h - signals and events.
 *
 * Signals, so far: each process holds for each signal that it is ignored or has its default
 * action. There are no handlers, no masks and no queued signals: a signal ends a process or is
 * nothing. The default action of each is in skink/signals.h. There is no stopping: kill() with
 * SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU is ENOTSUP. The parent sees what ended a process by
 * waitpid().
 *
 * Events (struct sigevent) are what a server, a timer or an interrupt does to tell a process
 * something; SIGEV_PULSE_INIT and its kin fill one in. See also <sys/neutrino.h>.
 */
#ifndef SKINK_SIGNAL_H
#define SKINK_SIGNAL_H
/* picolibc's <time.h> looks at this. */
#define _SIGNAL_H_

#include <sys/types.h>
#include <sys/_sigset.h>
#include <sys/_timespec.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(_SIGSET_T_DECLARED)
#define _SIGSET_T_DECLARED
typedef __sigset_t sigset_t;
#endif

#define SIGHUP    1
#define SIGINT    2
#define SIGQUIT   3
#define SIGILL    4
#define SIGTRAP   5
#define SIGABRT   6
#define SIGIOT    SIGABRT
#define SIGEMT    7
#define SIGFPE    8
#define SIGKILL   9 /* cannot be ignored */
#define SIGBUS    10
#define SIGSEGV   11
#define SIGSYS    12
#define SIGPIPE   13
#define SIGALRM   14
#define SIGTERM   15
#define SIGURG    16
#define SIGSTOP   17
#define SIGTSTP   18
#define SIGCONT   19
#define SIGCHLD   20
#define SIGCLD    SIGCHLD
#define SIGTTIN   21
#define SIGTTOU   22
#define SIGIO     23
#define SIGPOLL   SIGIO
#define SIGXCPU   24
#define SIGXFSZ   25
#define SIGVTALRM 26
#define SIGPROF   27
#define SIGWINCH  28
#define SIGLOST   29
#define SIGUSR1   30
#define SIGUSR2   31
#define NSIG      32 /* one more than the highest */
#define _NSIG     NSIG

typedef int sig_atomic_t;
typedef void (*_sig_func_ptr)(int);
typedef _sig_func_ptr sighandler_t;
typedef _sig_func_ptr sig_t;

#define SIG_DFL ((_sig_func_ptr)0)
#define SIG_IGN ((_sig_func_ptr)1)
#define SIG_ERR ((_sig_func_ptr)-1)

union sigval {
	int sival_int;
	void *sival_ptr;
	uint64_t sival_long; /* all of it */
};

/* ---- events: the layout of struct skink_event ---- */

struct sigevent {
	uint32_t sigev_notify; /* SIGEV_ */
	union {
		int32_t sigev_coid; /* PULSE: where to; after MsgRegisterEvent: the handle */
		int32_t sigev_signo;
	};
	union sigval sigev_value;
	int16_t sigev_code; /* PULSE: 0..127 */
	int16_t sigev_priority; /* PULSE: 1..254, or SIGEV_PULSE_PRIO_INHERIT */
	uint32_t sigev_zero;
};

#define SIGEV_NONE               0
#define SIGEV_SIGNAL             1 /* ENOTSUP */
#define SIGEV_THREAD             3 /* ENOTSUP */
#define SIGEV_PULSE              4 /* a pulse over connection sigev_coid */
#define SIGEV_UNBLOCK            5 /* timeouts only: the call ends with ETIMEDOUT */
#define SIGEV_INTR               6 /* the thread that waits in InterruptWait */
#define SIGEV_SEM                8 /* posts the semaphore at sigev_value.sival_ptr (a sem_t *) */
#define SIGEV_PULSE_PRIO_INHERIT (-1)

#define SIGEV_NONE_INIT(e)       (*(e) = (struct sigevent){.sigev_notify = SIGEV_NONE})
#define SIGEV_PULSE_INIT(e, coid, priority, code, value) \
	(*(e) = (struct sigevent){.sigev_notify = SIGEV_PULSE, \
	     .sigev_coid = (coid), \
	     .sigev_value = {.sival_long = (uint32_t)(value)}, \
	     .sigev_code = (int16_t)(code), \
	     .sigev_priority = (int16_t)(priority)})
#define SIGEV_PULSE_PTR_INIT(e, coid, priority, code, pointer) \
	(*(e) = (struct sigevent){.sigev_notify = SIGEV_PULSE, \
	     .sigev_coid = (coid), \
	     .sigev_value = {.sival_ptr = (void *)(pointer)}, \
	     .sigev_code = (int16_t)(code), \
	     .sigev_priority = (int16_t)(priority)})
#define SIGEV_UNBLOCK_INIT(e) (*(e) = (struct sigevent){.sigev_notify = SIGEV_UNBLOCK})
#define SIGEV_INTR_INIT(e)    (*(e) = (struct sigevent){.sigev_notify = SIGEV_INTR})
#define SIGEV_SEM_INIT(e, sem) \
	(*(e) = (struct sigevent){.sigev_notify = SIGEV_SEM, .sigev_value = {.sival_ptr = (sem)}})
#define SIGEV_SIGNAL_INIT(e, signo) \
	(*(e) = (struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = (signo)})

/* ---- signals ---- */

typedef struct {
	int si_signo;
	int si_code;
	pid_t si_pid;
	union sigval si_value;
} siginfo_t;
#define SI_USER 1

struct sigaction {
	union {
		_sig_func_ptr sa_handler;
		void (*sa_sigaction)(int, siginfo_t *, void *);
	};
	sigset_t sa_mask;
	int sa_flags;
};
#define SA_NOCLDSTOP 1
#define SA_SIGINFO   2
#define SA_RESTART   4
#define SA_NODEFER   8
#define SA_RESETHAND 16

#define SIG_SETMASK  0
#define SIG_BLOCK    1
#define SIG_UNBLOCK  2

/*
 * Sends a signal: pid > 0: to that process; 0: the caller's process group; < -1: group -pid; -1:
 * EPERM. signo 0 only checks. Does not wait for the end of the process. ESRCH, EPERM, EINVAL.
 */
int kill(pid_t pid, int signo);
int killpg(pid_t group, int signo);

/* kill(getpid(), signo); when the signal is not ignored and its default action is the end, the
 * process ends with that signal in its status, without anyone's help. */
int raise(int signo);

/* Only SIG_DFL and SIG_IGN: a handler is ENOTSUP. SIGKILL, SIGSTOP: EINVAL. */
int sigaction(int signo, const struct sigaction *action, struct sigaction *old);
_sig_func_ptr signal(int signo, _sig_func_ptr action);

/* There are no masks: SIG_BLOCK or SIG_SETMASK of a set that is not empty is ENOTSUP; what is
 * asked for tells the empty set. */
int sigprocmask(int how, const sigset_t *set, sigset_t *old);
int pthread_sigmask(int how, const sigset_t *set, sigset_t *old); /* returns the error */

int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigaddset(sigset_t *set, int signo);
int sigdelset(sigset_t *set, int signo);
int sigismember(const sigset_t *set, int signo);

void psignal(int signo, const char *text);

#ifdef __cplusplus
}
#endif

#endif
