/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slogger - prints the system log on the console, and takes lines for it.
 *
 *	slogger [-f] [-c CONSOLE] [PATH]	defaults: /dev/ser1, /dev/slog
 *
 * Two threads: one serves PATH, where each line written goes to the log, under the writer's name;
 * the other waits for the log and prints it. -f, or a command from the host in the image: each line
 * is framed as <skink/image.h> says, so that it is not taken for the command's output.
 *
 * How far the log is printed lies in keep memory. A death between printing and noting that
 * prints the lines of one read again: rather twice than never.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <skink/calls.h>
#include <skink/errno.h>
#include <skink/image.h>
#include <skink/procmgr.h>
#include <skink/server.h>

#define RETRY_NS 100000000ull /* until the console can be opened */

struct slogger {
	uint64_t position; /* of the log: what comes from here on is not printed yet */
};

static struct server_context *sc;
static const char *console = "/dev/ser1";
static int framed;
static char nonce[17]; /* of the host's command; empty: there is none */
static iofunc_attr_t attr;
static resmgr_connect_funcs_t connect_funcs;
static resmgr_io_funcs_t io_funcs;

/* ---- printing ---- */

/* A command from the host has its lines framed. */
static void
read_nonce(void)
{
	int fd = open("/proc/boot/" SKINK_COMMAND_FILE, O_RDONLY);
	char line[32] = "";
	const char *space;

	if (fd < 0)
		return;
	framed = 1;
	(void)read(fd, line, sizeof(line) - 1);
	space = strchr(line, ' ');
	if (space != NULL)
		snprintf(nonce, sizeof(nonce), "%s", space + 1);
	close(fd);
}

/* A line goes out in one write, so that nothing comes between. */
static void
print_line(int fd, const char *line, size_t len)
{
	char out[PROC_LOG_LINE + 80];
	size_t n = 0;

	if (framed) {
		out[n++] = SKINK_CONSOLE_MARK;
		out[n++] = SKINK_CONSOLE_LOG;
		memcpy(out + n, nonce, strlen(nonce));
		n += strlen(nonce);
	}
	if (len > sizeof(out) - n - 1)
		len = sizeof(out) - n - 1;
	memcpy(out + n, line, len);
	n += len;
	out[n++] = '\n';
	if (write(fd, out, n) < 0 && errno != EAGAIN)
		skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, RETRY_NS);
}

static void
print_text(int fd, const char *text, size_t len)
{
	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t n = end == NULL ? len : (size_t)(end - text);

		print_line(fd, text, n);
		n += end != NULL;
		text += n;
		len -= n;
	}
}

static int
open_console(void)
{
	int fd;

	while ((fd = open(console, O_WRONLY | O_NOCTTY)) < 0)
		skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, RETRY_NS);
	return fd;
}

/* The only writer of the position, which is one word: no transaction is needed. */
static void *
print(void *arg)
{
	static struct {
		struct proc_log_reply head;
		char text[2048];
	} reply;
	struct slogger *state = arg;
	int fd = open_console();

	for (;;) {
		struct proc_log_read m = {.position = state->position};
		long r = procmgr_ask(PROC_LOG_READ, &m, sizeof(m), &reply, sizeof(reply));

		if (r < 0) {
			skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, RETRY_NS);
			continue;
		}
		print_text(fd, reply.text, reply.head.length);
		__atomic_store_n(&state->position, reply.head.position, __ATOMIC_RELEASE);
	}
	return NULL;
}

/* ---- /dev/slog ---- */

static int
slog_write(resmgr_context_t *ctp, io_write_t *msg, RESMGR_OCB_T *ocb)
{
	struct {
		struct proc_log_write head;
		char text[PROC_LOG_LINE];
	} m;
	int error = iofunc_write_verify(ctp, msg, ocb, NULL), prefix;
	long n, r;

	if (error != EOK)
		return error;
	prefix = snprintf(m.text, sizeof(m.text), "pid %d: ", ctp->info.pid & SKINK_INDEX_MASK);
	n = resmgr_write_data(ctp, msg, m.text + prefix, sizeof(m.text) - (size_t)prefix, 0);
	if (n < 0)
		return errno;
	m.head = (struct proc_log_write){.length = (uint32_t)(prefix + n)};
	r = procmgr_ask(PROC_LOG_WRITE, &m, sizeof(m.head) + m.head.length, NULL, 0);
	return r < 0 ? (int)-r : _RESMGR_STATUS(ctp, n);
}

static int
attach(const char *path)
{
	iofunc_func_init(_RESMGR_CONNECT_NFUNCS, &connect_funcs, _RESMGR_IO_NFUNCS, &io_funcs);
	io_funcs.write = slog_write;
	iofunc_attr_init(&attr, _IO_S_IFCHR | 0666, NULL, NULL);
	return resmgr_attach(sc->dpp, NULL, path, _FTYPE_ANY, 0, &connect_funcs, &io_funcs, &attr) <
		0
	    ? errno
	    : 0;
}

static int
init(struct server_context *context, enum server_start start)
{
	pthread_t thread;
	int option, error;

	(void)start;
	sc = context;
	optind = 0; /* picolibc: begin anew */
	while ((option = getopt(sc->argc, sc->argv, "fc:")) != -1) {
		if (option == 'f')
			framed = 1;
		else if (option == 'c')
			console = optarg;
		else
			return EINVAL;
	}
	read_nonce();
	error = attach(optind < sc->argc ? sc->argv[optind] : "/dev/slog");
	if (error == 0)
		error = pthread_create(&thread, NULL, print, sc->state);
	return error;
}

static const struct server server = {
    .name = "slogger",
    .layout = 1,
    .state_size = sizeof(struct slogger),
    .open_max = 32,
    .deferred_max = 1,
    .init = init,
};

int
main(int argc, char **argv)
{
	return server_run(&server, argc, argv);
}
