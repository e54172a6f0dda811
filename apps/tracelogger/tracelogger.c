/* SPDX-License-Identifier: Apache-2.0 */
/* tracelogger.c - switches the nucleus's trace on and off, and brings it to a file. Owns the
 * buffers between the ring and the file; docs/tracing.md tells how it is used.
 *
 *	ring (nucleus) --collector, high priority--> buffers --writer--> file
 *
 * The collector only copies, so it keeps up with what it watches; what is slow is done with the
 * priority it was started with: after the end, or meanwhile with -c.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/trace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <skink/calls.h>
#include <skink/manager.h>

#include "tracelogger.h"

#define STATUS_USAGE   125
#define STATUS_NOT_RUN 126
#define STATUS_NO_FILE 127
#define ENTRIES        1024 /* of a buffer, as QNX's */
#define PERIOD_MIN_NS  100000
#define PERIOD_MAX_NS  10000000
#define WAIT_NS        1000000
#define FILE_DEFAULT   "/tmp/tracebuffer"

extern char **environ;

struct buffer {
	uint32_t count;
	struct skink_trace_entry entries[ENTRIES];
};

static struct options {
	bool append, continuous, ring, off, on, verbose;
	long buffers, seconds, ring_buffers, priority;
	unsigned classes;
	const char *file;
} options = {.buffers = 32, .classes = ~0u, .file = FILE_DEFAULT};

static struct logger {
	struct ring ring;
	struct buffer *buffers; /* options.buffers of them, used in turn */
	sem_t go; /* to the collector: the ring may be read */
	sem_t filled_sem;
	atomic_ulong filled, written; /* buffers so far: the collector's and the writer's */
	atomic_bool stop; /* to the collector: the trace ends now */
	bool off; /* the collector has read that the trace was switched off */
	atomic_bool done; /* by the collector: nothing comes any more */
	bool full; /* valid when done */
	bool resumes; /* behind `last` */
	struct skink_trace_entry last;
	struct stream stream;
} logger;

static const struct {
	const char *name;
	unsigned bit;
} classes[] = {
#define CLASS_ROW(name, number) {#name, 1u << (number)},
    SKINK_TRACE_CLASSES(CLASS_ROW)
#undef CLASS_ROW
};
#define CLASS_COUNT (sizeof(classes) / sizeof(classes[0]))

static int
usage(FILE *to)
{
	fprintf(to,
	    "usage: tracelogger [-acrv] [-f FILE] [-F CLASS]... [-k NUM] [-n NUM] [-P PRIORITY]\n"
	    "                   [-s SECONDS] [COMMAND [ARGUMENT]...]\n"
	    "       tracelogger -w | -x\n"
	    "Traces the system while COMMAND runs, for SECONDS, until NUM buffers are full, or "
	    "until\n"
	    "the trace is switched off.\n"
	    "  -a  append to FILE: goes on where another tracelogger was stopped\n"
	    "  -c  continuous: writes meanwhile, and does not stop when buffers are full\n"
	    "  -f  the file (" FILE_DEFAULT "); -: lines on standard output\n"
	    "  -F  without this class:");
	for (size_t i = 1; i < CLASS_COUNT; i++)
		fprintf(to, " %s", classes[i].name);
	fprintf(to,
	    "\n"
	    "  -k  buffers of the nucleus's ring, a power of two (by the manifest)\n"
	    "  -n  buffers, of %d entries each (32)\n"
	    "  -P  priority of who empties the ring (the highest allowed)\n"
	    "  -r  ring: keeps only the last entries, as many as the ring has\n"
	    "  -v  tells what was traced\n"
	    "  -w  waits until the trace is on, and no more\n"
	    "  -x  switches the trace off, and no more\n"
	    "Exit status: the command's, or 0; 1: not all was traced or written; 125: a wrong\n"
	    "option; 126: not allowed, or the command could not be started; 127: no such "
	    "command.\n",
	    ENTRIES);
	return to == stdout ? 0 : STATUS_USAGE;
}

/* ---- the collector ---- */

static void
sleep_ns(uint64_t ns)
{
	(void)skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, ns);
}

static void
hand_over(struct logger *l)
{
	atomic_fetch_add(&l->filled, 1);
	sem_post(&l->filled_sem);
}

/* The buffer that is being filled; NULL: all are full. */
static struct buffer *
current(struct logger *l)
{
	unsigned long filled = atomic_load(&l->filled);

	if (filled - atomic_load(&l->written) >= (unsigned long)options.buffers)
		return NULL;
	return &l->buffers[filled % (unsigned long)options.buffers];
}

static bool
is_off(const struct skink_trace_entry *e)
{
	return e->what == SKINK_TRACE_CLASSES && e->a == 0;
}

/* Copies what there is. False: no buffer was left for it. */
static bool
drain(struct logger *l, uint64_t *copied)
{
	for (;;) {
		struct buffer *b = current(l);
		size_t got;

		if (b == NULL)
			return false;
		got = ring_read(&l->ring, b->entries + b->count, ENTRIES - b->count);
		for (size_t i = 0; i < got; i++)
			l->off |= is_off(&b->entries[b->count + i]);
		*copied += got;
		b->count += (uint32_t)got;
		if (b->count < ENTRIES)
			return true;
		hand_over(l);
	}
}

/* The fuller the ring was, the sooner the next look. */
static uint64_t
next_period(const struct logger *l, uint64_t period, uint64_t copied)
{
	if (copied > l->ring.size / 4 && period > PERIOD_MIN_NS)
		return period / 2;
	if (copied < l->ring.size / 16 && period < PERIOD_MAX_NS)
		return period * 2;
	return period;
}

static void *
collect(void *arg)
{
	struct logger *l = arg;
	uint64_t period = PERIOD_MAX_NS / 16;
	struct buffer *b;

	sem_wait(&l->go);
	for (;;) {
		bool stop = atomic_load(&l->stop), all;
		uint64_t copied = 0;

		if (stop)
			(void)trace_set(0, -1);
		all = drain(l, &copied);
		if (!all && !options.continuous) {
			l->full = true;
			break;
		}
		if (all && (stop || l->off))
			break;
		period = next_period(l, period, copied);
		sleep_ns(period);
	}
	if (!l->off)
		(void)trace_set(0, -1);
	b = current(l); /* NULL: they all wait to be written */
	if (!l->full && b != NULL && b->count > 0)
		hand_over(l);
	atomic_store(&l->done, true);
	sem_post(&l->filled_sem);
	return NULL;
}

static int
collector_start(struct logger *l, pthread_t *thread)
{
	struct sched_param param = {.sched_priority = (int)options.priority};
	pthread_attr_t attr;
	int error;

	if (param.sched_priority == 0)
		param.sched_priority = (int)skink_process_self(SKINK_SELF_PRIORITY_MAX);
	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	pthread_attr_setschedparam(&attr, &param);
	error = pthread_create(thread, &attr, collect, l);
	pthread_attr_destroy(&attr);
	return error;
}

/* ---- the writer ---- */

/* Writes buffers as they are filled, until nothing comes any more. */
static void *
write_buffers(void *arg)
{
	struct logger *l = arg;

	for (;;) {
		bool done = atomic_load(&l->done);
		unsigned long written = atomic_load(&l->written);
		struct buffer *b = &l->buffers[written % (unsigned long)options.buffers];

		if (written == atomic_load(&l->filled)) {
			if (done)
				return NULL;
			sem_wait(&l->filled_sem);
			continue;
		}
		for (uint32_t i = 0; i < b->count; i++)
			stream_event(&l->stream, &b->entries[i]);
		stream_flush(&l->stream);
		b->count = 0;
		atomic_fetch_add(&l->written, 1);
	}
}

/* The whole ring, when the trace is off. */
static void
write_ring(struct logger *l)
{
	struct skink_trace_entry some[64];
	size_t got;

	ring_begin(&l->ring); /* what was overwritten before is not missed */
	while ((got = ring_read(&l->ring, some, sizeof(some) / sizeof(some[0]))) > 0)
		for (size_t i = 0; i < got; i++)
			stream_event(&l->stream, &some[i]);
}

/* ---- what is traced ---- */

static int
run(char **argv)
{
	posix_spawnattr_t attr;
	int status, error;
	pid_t pid;

	posix_spawnattr_init(&attr);
	error = posix_spawnp(&pid, argv[0], NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	if (error != 0) {
		fprintf(stderr, "tracelogger: %s: %s\n", argv[0], strerror(error));
		return error == ENOENT ? STATUS_NO_FILE : STATUS_NOT_RUN;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return STATUS_NOT_RUN;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* For the time asked for; else until the buffers are full, or somebody switches the trace off. */
static void
await(const struct logger *l)
{
	uint64_t left = (uint64_t)options.seconds * (1000000000 / WAIT_NS);

	while (!atomic_load(&l->done) && (options.seconds == 0 || left-- > 0))
		sleep_ns(WAIT_NS);
}

/* A new ring is empty, that of a trace which is on is not. */
static int
await_on(void)
{
	struct ring ring;
	int result;

	while ((result = ring_open(&ring, SKINK_PAGE)) == 0) {
		bool is_on = ring_has_entries(&ring);

		ring_close(&ring);
		if (is_on)
			return 0;
		sleep_ns(WAIT_NS);
	}
	return result;
}

static int
trace(struct logger *l, char **argv)
{
	pthread_t collector = 0, writer = 0;
	int status = 0, error;

	error = options.ring ? 0 : collector_start(l, &collector);
	if (error == 0 && options.continuous)
		error = pthread_create(&writer, NULL, write_buffers, l);
	names_write(&l->stream); /* its own threads, too */
	if (error == 0 && trace_set(options.classes, l->ring.fd) < 0)
		error = errno;
	if (error != 0) {
		fprintf(stderr, "tracelogger: cannot trace: %s\n", strerror(error));
		return STATUS_NOT_RUN;
	}
	ring_begin(&l->ring);
	if (l->resumes)
		ring_resume(&l->ring, &l->last);
	sem_post(&l->go);
	if (argv[0] != NULL)
		status = run(argv);
	else
		await(l);
	atomic_store(&l->stop, true);
	if (options.ring) {
		(void)trace_set(0, -1);
		write_ring(l);
	} else {
		pthread_join(collector, NULL);
		if (options.continuous)
			pthread_join(writer, NULL);
		else
			write_buffers(l);
	}
	names_write(&l->stream);
	stream_end(&l->stream, l->ring.lost, l->full ? TRACE_END_FULL : TRACE_END_DONE);
	return status;
}

/* ---- start ---- */

static bool
read_number(const char *text, long least, long most, long *number)
{
	char *end;

	*number = strtol(text, &end, 10);
	return end != text && *end == '\0' && *number >= least && *number <= most;
}

static bool
read_class(const char *text)
{
	for (size_t i = 1; i < CLASS_COUNT; i++)
		if (strcasecmp(classes[i].name, text) == 0) {
			options.classes &= ~classes[i].bit;
			return true;
		}
	return false;
}

static bool
read_options(int argc, char **argv)
{
	struct options *o = &options;
	bool good = true;
	int option;

	o->classes = 0;
	for (size_t i = 0; i < CLASS_COUNT; i++)
		o->classes |= classes[i].bit;
	while ((option = getopt(argc, argv, "+acf:F:k:n:P:rs:vwx")) != -1 && good) {
		o->append |= option == 'a';
		o->continuous |= option == 'c';
		o->ring |= option == 'r';
		o->verbose |= option == 'v';
		o->on |= option == 'w';
		o->off |= option == 'x';
		if (option == 'f')
			o->file = optarg;
		else if (option == 'F')
			good = read_class(optarg);
		else if (option == 'k')
			good = read_number(optarg, 1, 512, &o->ring_buffers) &&
			    (o->ring_buffers & (o->ring_buffers - 1)) == 0;
		else if (option == 'n')
			good = read_number(optarg, 1, 4096, &o->buffers);
		else if (option == 'P')
			good = read_number(optarg, 1, 254, &o->priority);
		else if (option == 's')
			good = read_number(optarg, 1, 1000000, &o->seconds);
		else
			good = option != '?';
	}
	return good && !(o->ring && o->continuous) &&
	    !(o->ring && o->seconds == 0 && optind == argc);
}

static bool
file_open(struct logger *l)
{
	int oflag = O_CREAT | (options.append ? O_APPEND | O_RDWR : O_TRUNC | O_WRONLY);
	struct stream *s = &l->stream;

	s->lines = strcmp(options.file, "-") == 0;
	s->fd = s->lines ? STDOUT_FILENO : open(options.file, oflag, 0600);
	l->resumes = options.append && !s->lines && s->fd >= 0 && resume_find(s->fd, &l->last);
	return s->fd >= 0;
}

/* Makes what tracing needs. 0, or the exit status after a message. */
static int
prepare(struct logger *l)
{
	size_t ring_bytes =
	    (size_t)options.ring_buffers * ENTRIES * sizeof(struct skink_trace_entry);

	if (sem_init(&l->go, 0, 0) < 0 || sem_init(&l->filled_sem, 0, 0) < 0 ||
	    ring_open(&l->ring, ring_bytes) < 0) {
		fprintf(stderr, "tracelogger: no ring: %s\n", strerror(errno));
		return STATUS_NOT_RUN;
	}
	l->buffers = options.ring ? NULL : calloc((size_t)options.buffers, sizeof(struct buffer));
	if (l->buffers == NULL && !options.ring) {
		fprintf(stderr, "tracelogger: no memory for %ld buffers\n", options.buffers);
		return STATUS_NOT_RUN;
	}
	if (!file_open(l)) {
		fprintf(stderr, "tracelogger: %s: %s\n", options.file, strerror(errno));
		return STATUS_NOT_RUN;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct logger *l = &logger;
	int status;

	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	if (!read_options(argc, argv))
		return usage(stderr);
	if (options.off || options.on) {
		if ((options.off ? trace_set(0, -1) : await_on()) == 0)
			return 0;
		perror("tracelogger");
		return STATUS_NOT_RUN;
	}
	status = prepare(l);
	if (status != 0)
		return status;
	status = trace(l, argv + optind);
	if (l->stream.failed) {
		fprintf(stderr, "tracelogger: %s: %s\n", options.file, strerror(l->stream.error));
		return 1;
	}
	if (options.verbose || l->ring.lost != 0 || l->full)
		fprintf(stderr, "tracelogger: events=%llu lost=%llu%s\n",
		    (unsigned long long)l->stream.events, (unsigned long long)l->ring.lost,
		    l->full ? " full: the end is missing" : "");
	return status == 0 && (l->ring.lost != 0 || (l->full && argv[optind] != NULL)) ? 1 : status;
}
