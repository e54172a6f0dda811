/* SPDX-License-Identifier: Apache-2.0 */
/* system_facts.c - what system this is: uname, sysconf, host name, entropy. */
#include "../glue.h"

#include <limits.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

_Static_assert(ARG_MAX == SKINK_ARGS_MAX && OPEN_MAX == SKINK_COIDS, "limits");

static long
ask_system(struct proc_system *system)
{
	struct proc_simple request;

	return procmgr_ask(PROC_SYSTEM, &request, sizeof(request), system, sizeof(*system));
}

int
uname(struct utsname *name)
{
	struct proc_system s;
	long r = ask_system(&s);

	if (r < 0)
		return (int)glue_result(r);
	strlcpy(name->sysname, s.sysname, sizeof(name->sysname));
	strlcpy(name->nodename, s.nodename, sizeof(name->nodename));
	strlcpy(name->release, s.release, sizeof(name->release));
	strlcpy(name->version, s.version, sizeof(name->version));
	strlcpy(name->machine, s.machine, sizeof(name->machine));
	return 0;
}

int
gethostname(char *name, size_t size)
{
	struct utsname u;

	if (uname(&u) < 0)
		return -1;
	if (strlcpy(name, u.nodename, size) >= size)
		return (int)glue_result(-ENAMETOOLONG);
	return 0;
}

static long
physical_pages(void)
{
	struct proc_system s;

	return ask_system(&s) < 0 ? -1 : (long)(s.ram_bytes / s.page_bytes);
}

/* Free pages; -1: not known (only with the INFO ability). */
static long
available_pages(void)
{
	struct proc_info request = {.kind = PROC_INFO_MEMORY};
	struct proc_memory_info reply;

	if (procmgr_ask(PROC_INFO, &request, sizeof(request), &reply, sizeof(reply)) < 0)
		return -1;
	return (long)(reply.free_bytes / SKINK_PAGE);
}

long
sysconf(int name)
{
	switch (name) {
	case _SC_ARG_MAX:
		return ARG_MAX;
	case _SC_CLK_TCK:
		return CLOCKS_PER_SEC;
	case _SC_OPEN_MAX:
		return OPEN_MAX;
	case _SC_PAGESIZE:
		return (long)SKINK_PAGE;
	case _SC_NPROCESSORS_CONF:
	case _SC_NPROCESSORS_ONLN:
		return 1;
	case _SC_PHYS_PAGES:
		return physical_pages();
	case _SC_AVPHYS_PAGES:
		return available_pages();
	case _SC_THREAD_KEYS_MAX:
		return PTHREAD_KEYS_MAX;
	case _SC_THREAD_STACK_MIN:
		return PTHREAD_STACK_MIN;
	case _SC_THREAD_DESTRUCTOR_ITERATIONS:
		return PTHREAD_DESTRUCTOR_ITERATIONS;
	case _SC_HOST_NAME_MAX:
		return sizeof(((struct utsname *)0)->nodename) - 1;
	case _SC_IOV_MAX:
		return IOV_MAX;
	case _SC_VERSION:
		return 200809;
	case _SC_THREADS:
	case _SC_THREAD_ATTR_STACKADDR:
	case _SC_THREAD_ATTR_STACKSIZE:
	case _SC_THREAD_PRIORITY_SCHEDULING:
	case _SC_THREAD_PRIO_INHERIT:
	case _SC_THREAD_PROCESS_SHARED:
	case _SC_THREAD_SAFE_FUNCTIONS:
	case _SC_THREAD_CPUTIME:
	case _SC_CPUTIME:
	case _SC_MONOTONIC_CLOCK:
	case _SC_CLOCK_SELECTION:
	case _SC_TIMERS:
	case _SC_TIMEOUTS:
	case _SC_SEMAPHORES:
	case _SC_BARRIERS:
	case _SC_READER_WRITER_LOCKS:
	case _SC_SPIN_LOCKS:
	case _SC_SHARED_MEMORY_OBJECTS:
	case _SC_MEMORY_PROTECTION:
	case _SC_MEMLOCK:
	case _SC_FSYNC:
	case _SC_SPAWN:
	case _SC_PRIORITY_SCHEDULING:
		return 200809;
	case _SC_JOB_CONTROL:
	case _SC_REALTIME_SIGNALS:
	case _SC_MESSAGE_PASSING:
	case _SC_SPORADIC_SERVER:
	case _SC_MAPPED_FILES:
	case _SC_THREAD_PRIO_PROTECT:
		return -1;
	default:
		return glue_result(-EINVAL);
	}
}

/* splitmix64, of the seed that procmgr gave and the time: not fit for keys. Says so in
 * docs/libc.md. */
int
getentropy(void *buffer, size_t size)
{
	static uint64_t counter;
	unsigned char *to = buffer;

	if (size > 256)
		return (int)glue_result(-EIO);
	while (size > 0) {
		uint64_t ns = 0, x;
		size_t n = size < sizeof(x) ? size : sizeof(x);

		skink_clock_time(SKINK_CLOCK_MONOTONIC, &ns);
		x = glue_startup->random[0] + ns * 0xd1342543de82ef95u +
		    __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED) * 0x9e3779b97f4a7c15u;
		x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
		x ^= glue_startup->random[1];
		x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
		x ^= x >> 31;
		memcpy(to, &x, n);
		to += n;
		size -= n;
	}
	return 0;
}
