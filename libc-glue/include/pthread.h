/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pthread.h - threads (POSIX). A pthread_t is the nucleus's tid: it carries a generation, so a
 * stale one is ESRCH. Functions return 0 or the error number.
 *
 * Locks that are free, and signals that nobody waits for, make no nucleus call. Every mutex
 * inherits priority (PTHREAD_PRIO_NONE is taken as INHERIT; PROTECT is ENOTSUP). Whoever locks a
 * mutex whose owner has died owns it and gets EOWNERDEAD, be it robust or not; only a robust one
 * becomes not recoverable when it is then unlocked without pthread_mutex_consistent. Locking
 * again a mutex of the normal kind is EDEADLK, not a deadlock.
 *
 * Absent: cancellation (pthread_cancel and its kin), cleanup handlers run at pthread_exit only,
 * pthread_atfork (there is no fork), priority ceilings.
 */
#ifndef SKINK_PTHREAD_H
#define SKINK_PTHREAD_H

#include <limits.h>
#include <sched.h>
#include <sys/types.h>
#include <time.h>
#include <skink/sync.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int pthread_t;
typedef struct skink_object pthread_mutex_t;
typedef struct skink_object pthread_cond_t;
typedef unsigned pthread_key_t;
typedef struct skink_object pthread_spinlock_t; /* a mutex: on one hart spinning helps nobody */

typedef struct {
	struct skink_object lock;
	uint32_t done;
	uint32_t zero;
} pthread_once_t;
#define PTHREAD_ONCE_INIT \
	{ \
		{{0, 0}, 0, 0, 0, 0}, 0, 0 \
	}

typedef struct {
	pthread_mutex_t mutex;
	pthread_cond_t readable; /* no writer holds it or waits */
	pthread_cond_t writable; /* nobody holds it */
	uint32_t readers; /* that hold it */
	uint32_t writers_waiting;
	int32_t writer; /* tid that holds it; 0: none */
	uint32_t zero;
} pthread_rwlock_t;

typedef struct {
	pthread_mutex_t mutex;
	pthread_cond_t round_over;
	uint32_t size;
	uint32_t arrived;
	uint32_t round;
	uint32_t zero;
} pthread_barrier_t;

#define PTHREAD_MUTEX_NORMAL          0
#define PTHREAD_MUTEX_RECURSIVE       1
#define PTHREAD_MUTEX_ERRORCHECK      2
#define PTHREAD_MUTEX_DEFAULT         PTHREAD_MUTEX_NORMAL
#define PTHREAD_MUTEX_STALLED         0
#define PTHREAD_MUTEX_ROBUST          1
#define PTHREAD_PRIO_NONE             0
#define PTHREAD_PRIO_INHERIT          1
#define PTHREAD_PRIO_PROTECT          2
#define PTHREAD_PROCESS_PRIVATE       0
#define PTHREAD_PROCESS_SHARED        1
#define PTHREAD_CREATE_JOINABLE       0
#define PTHREAD_CREATE_DETACHED       1
#define PTHREAD_INHERIT_SCHED         0
#define PTHREAD_EXPLICIT_SCHED        1
#define PTHREAD_SCOPE_SYSTEM          0
#define PTHREAD_SCOPE_PROCESS         1
#define PTHREAD_BARRIER_SERIAL_THREAD (-1)

#define PTHREAD_MUTEX_INITIALIZER \
	{ \
		{0, 0}, 0, PTHREAD_MUTEX_NORMAL, 0, 0 \
	}
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER \
	{ \
		{0, 0}, 0, PTHREAD_MUTEX_RECURSIVE, 0, 0 \
	}
#define PTHREAD_RMUTEX_INITIALIZER PTHREAD_RECURSIVE_MUTEX_INITIALIZER
#define PTHREAD_COND_INITIALIZER \
	{ \
		{0, 0}, 0, 0, 0, 0 \
	}
#define PTHREAD_RWLOCK_INITIALIZER \
	{ \
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, \
		    0, 0, 0 \
	}

#define PTHREAD_STACK_DEFAULT 32768
#define PTHREAD_NAME_MAX      24 /* with the NUL */

typedef struct {
	size_t stack_bytes;
	void *stack; /* NULL: from the system */
	size_t guard_bytes; /* 0 or a page */
	int detached;
	int inherit;
	int policy;
	struct sched_param param;
	char name[PTHREAD_NAME_MAX]; /* Skink's own: set by pthread_attr_setname_np */
} pthread_attr_t;

typedef struct {
	int kind;
	int robust;
	int shared;
	int protocol;
} pthread_mutexattr_t;

typedef struct {
	clockid_t clock;
	int shared;
} pthread_condattr_t;

typedef struct {
	int shared;
} pthread_rwlockattr_t;

typedef struct {
	int shared;
} pthread_barrierattr_t;

/* ---- threads ---- */

/* EAGAIN: quota of threads, or no memory for the stack; EPERM: priority above the process's
 * ceiling; EINVAL. */
int pthread_create(
    pthread_t *thread, const pthread_attr_t *attr, void *(*function)(void *), void *arg);
void pthread_exit(void *status) __attribute__((noreturn));
int pthread_join(
    pthread_t thread, void **status); /* blocks; ESRCH EDEADLK EINVAL EBUSY; ENOMEM: quota */
int pthread_timedjoin(
    pthread_t thread, void **status, const struct timespec *deadline); /* QNX; realtime */
int pthread_detach(pthread_t thread);
pthread_t pthread_self(void);
int pthread_equal(pthread_t a, pthread_t b);
int pthread_abort(pthread_t thread); /* QNX: ends it at once, whatever it holds */
int pthread_kill(pthread_t thread, int signo); /* 0: checks; others ENOTSUP */
int pthread_setname_np(pthread_t thread, const char *name); /* ERANGE: too long */
int pthread_setschedparam(pthread_t thread, int policy, const struct sched_param *param);
int pthread_getschedparam(pthread_t thread, int *policy, struct sched_param *param);
int pthread_setschedprio(pthread_t thread, int priority);
int pthread_getcpuclockid(pthread_t thread, clockid_t *clock); /* the caller's only: ENOTSUP */
int pthread_getconcurrency(void);
int pthread_setconcurrency(int level);

int pthread_attr_init(pthread_attr_t *attr);
int pthread_attr_destroy(pthread_attr_t *attr);
int pthread_attr_setstacksize(pthread_attr_t *attr, size_t bytes);
int pthread_attr_getstacksize(const pthread_attr_t *attr, size_t *bytes);
int pthread_attr_setstack(pthread_attr_t *attr, void *stack, size_t bytes);
int pthread_attr_getstack(const pthread_attr_t *attr, void **stack, size_t *bytes);
int pthread_attr_setguardsize(pthread_attr_t *attr, size_t bytes);
int pthread_attr_getguardsize(const pthread_attr_t *attr, size_t *bytes);
int pthread_attr_setdetachstate(pthread_attr_t *attr, int state);
int pthread_attr_getdetachstate(const pthread_attr_t *attr, int *state);
int pthread_attr_setinheritsched(pthread_attr_t *attr, int inherit);
int pthread_attr_getinheritsched(const pthread_attr_t *attr, int *inherit);
int pthread_attr_setschedpolicy(pthread_attr_t *attr, int policy);
int pthread_attr_getschedpolicy(const pthread_attr_t *attr, int *policy);
int pthread_attr_setschedparam(pthread_attr_t *attr, const struct sched_param *param);
int pthread_attr_getschedparam(const pthread_attr_t *attr, struct sched_param *param);
int pthread_attr_setscope(pthread_attr_t *attr, int scope);
int pthread_attr_getscope(const pthread_attr_t *attr, int *scope);
int pthread_attr_setname_np(pthread_attr_t *attr, const char *name);

/* ---- once, thread-specific data ---- */

int pthread_once(
    pthread_once_t *once, void (*function)(void)); /* EDEADLK: from within the function */
int pthread_key_create(pthread_key_t *key, void (*destructor)(void *)); /* EAGAIN: none left */
int pthread_key_delete(pthread_key_t key);
int pthread_setspecific(pthread_key_t key, const void *value);
void *pthread_getspecific(pthread_key_t key);

struct skink_cleanup {
	void (*function)(void *);
	void *arg;
	struct skink_cleanup *next;
};
void skink_cleanup_push(struct skink_cleanup *cleanup);
void skink_cleanup_pop(struct skink_cleanup *cleanup, int execute);
#define pthread_cleanup_push(routine, argument) \
	{ \
		struct skink_cleanup skink_cleanup_ = {(routine), (argument), 0}; \
		skink_cleanup_push(&skink_cleanup_);
#define pthread_cleanup_pop(execute) \
	skink_cleanup_pop(&skink_cleanup_, (execute)); \
	}

/* ---- mutexes ---- */

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr);
int pthread_mutex_destroy(pthread_mutex_t *mutex); /* EBUSY */
int pthread_mutex_lock(
    pthread_mutex_t *mutex); /* blocks; EDEADLK EOWNERDEAD ENOTRECOVERABLE EAGAIN */
int pthread_mutex_trylock(pthread_mutex_t *mutex); /* EBUSY */
int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *deadline); /* realtime */
int pthread_mutex_clocklock(
    pthread_mutex_t *mutex, clockid_t clock, const struct timespec *deadline);
int pthread_mutex_timedlock_monotonic(pthread_mutex_t *mutex, const struct timespec *deadline);
int pthread_mutex_unlock(pthread_mutex_t *mutex); /* EPERM: not the owner */
int pthread_mutex_consistent(pthread_mutex_t *mutex); /* EINVAL: its owner has not died */
int pthread_mutexattr_init(pthread_mutexattr_t *attr);
int pthread_mutexattr_destroy(pthread_mutexattr_t *attr);
int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int kind);
int pthread_mutexattr_gettype(const pthread_mutexattr_t *attr, int *kind);
int pthread_mutexattr_setrobust(pthread_mutexattr_t *attr, int robust);
int pthread_mutexattr_getrobust(const pthread_mutexattr_t *attr, int *robust);
int pthread_mutexattr_setpshared(pthread_mutexattr_t *attr, int shared);
int pthread_mutexattr_getpshared(const pthread_mutexattr_t *attr, int *shared);
int pthread_mutexattr_setprotocol(pthread_mutexattr_t *attr, int protocol);
int pthread_mutexattr_getprotocol(const pthread_mutexattr_t *attr, int *protocol);

/* ---- condition variables: waits may end without a signal, as POSIX allows ---- */

int pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attr);
int pthread_cond_destroy(pthread_cond_t *cond); /* EBUSY: threads wait */
int pthread_cond_wait(
    pthread_cond_t *cond, pthread_mutex_t *mutex); /* EOWNERDEAD... of the mutex; ENOMEM: quota */
int pthread_cond_timedwait(
    pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *deadline);
int pthread_cond_clockwait(
    pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *deadline);
int pthread_cond_signal(pthread_cond_t *cond);
int pthread_cond_broadcast(pthread_cond_t *cond);
int pthread_condattr_init(pthread_condattr_t *attr);
int pthread_condattr_destroy(pthread_condattr_t *attr);
int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock);
int pthread_condattr_getclock(const pthread_condattr_t *attr, clockid_t *clock);
int pthread_condattr_setpshared(pthread_condattr_t *attr, int shared);
int pthread_condattr_getpshared(const pthread_condattr_t *attr, int *shared);

/* ---- read-write locks: writers go first ---- */

int pthread_rwlock_init(pthread_rwlock_t *lock, const pthread_rwlockattr_t *attr);
int pthread_rwlock_destroy(pthread_rwlock_t *lock);
int pthread_rwlock_rdlock(pthread_rwlock_t *lock);
int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock);
int pthread_rwlock_timedrdlock(pthread_rwlock_t *lock, const struct timespec *deadline);
int pthread_rwlock_wrlock(pthread_rwlock_t *lock);
int pthread_rwlock_trywrlock(pthread_rwlock_t *lock);
int pthread_rwlock_timedwrlock(pthread_rwlock_t *lock, const struct timespec *deadline);
int pthread_rwlock_unlock(pthread_rwlock_t *lock);
int pthread_rwlockattr_init(pthread_rwlockattr_t *attr);
int pthread_rwlockattr_destroy(pthread_rwlockattr_t *attr);
int pthread_rwlockattr_setpshared(pthread_rwlockattr_t *attr, int shared);
int pthread_rwlockattr_getpshared(const pthread_rwlockattr_t *attr, int *shared);

/* ---- barriers, spin locks ---- */

int pthread_barrier_init(
    pthread_barrier_t *barrier, const pthread_barrierattr_t *attr, unsigned count);
int pthread_barrier_destroy(pthread_barrier_t *barrier);
int pthread_barrier_wait(pthread_barrier_t *barrier);
int pthread_barrierattr_init(pthread_barrierattr_t *attr);
int pthread_barrierattr_destroy(pthread_barrierattr_t *attr);
int pthread_barrierattr_setpshared(pthread_barrierattr_t *attr, int shared);
int pthread_barrierattr_getpshared(const pthread_barrierattr_t *attr, int *shared);

int pthread_spin_init(pthread_spinlock_t *lock, int shared);
int pthread_spin_destroy(pthread_spinlock_t *lock);
int pthread_spin_lock(pthread_spinlock_t *lock);
int pthread_spin_trylock(pthread_spinlock_t *lock);
int pthread_spin_unlock(pthread_spinlock_t *lock);

#ifdef __cplusplus
}
#endif

#endif
