/* SPDX-License-Identifier: Apache-2.0 */
/* t-trace.c - a message through three processes, for a trace: a client asks server A, which asks
 * server B before it answers. Owns its two servers. One source, three programs, so that each
 * process has a name of its own:
 *
 *   t-trace [COUNT]     the client: starts the others; COUNT (1) messages; a pulse, which ends A
 *   trace-a PID CHID    server A; asks the server there, and ends it with itself
 *   trace-b             server B
 */
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/neutrino.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skink/calls.h>

#define CODE_END  7
#define USER_CODE 1

extern char **environ;

struct address {
	int pid, chid;
};

struct request {
	uint64_t number;
	char text[24];
};

static int
fail(const char *what)
{
	perror(what);
	return 1;
}

static int
connect_to(struct address where)
{
	return ConnectAttach(0, where.pid, where.chid, _NTO_SIDE_CHANNEL, 0);
}

/* ---- the servers ---- */

static long
handle(const struct request *m, int next)
{
	struct request answer;

	(void)TraceEvent(USER_CODE, m->number, 0);
	if (next < 0)
		return (long)m->number + 1;
	return MsgSend(next, m, sizeof(*m), &answer, sizeof(answer));
}

/* `next`: a coid, or -1. Tells its parent on standard output how it is reached. */
static int
serve(int next)
{
	struct address self = {.pid = getpid(), .chid = ChannelCreate(0)};

	if (self.chid < 0 || skink_channel_grant(self.chid, -1) < 0)
		return fail("channel");
	if (write(STDOUT_FILENO, &self, sizeof(self)) != (ssize_t)sizeof(self))
		return fail("pipe");
	for (;;) {
		union {
			struct _pulse pulse;
			struct request request;
		} m;
		int rcvid = MsgReceive(self.chid, &m, sizeof(m), NULL);

		if (rcvid < 0)
			return fail("MsgReceive");
		if (rcvid > 0)
			MsgReply(rcvid, handle(&m.request, next), &m, sizeof(m.request));
		else if (m.pulse.code == CODE_END)
			return next < 0 ? 0 : MsgSendPulse(next, -1, CODE_END, 0);
	}
}

/* ---- the client ---- */

static pid_t
start(const char *program, const struct address *next, struct address *self)
{
	char pid_text[16] = "", chid_text[16] = "";
	char *argv[] = {(char *)program, pid_text, chid_text, NULL};
	posix_spawn_file_actions_t actions;
	int ends[2], error;
	pid_t pid;

	if (next == NULL) {
		argv[1] = NULL;
	} else {
		snprintf(pid_text, sizeof(pid_text), "%d", next->pid);
		snprintf(chid_text, sizeof(chid_text), "%d", next->chid);
	}
	if (pipe(ends) < 0)
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	error = posix_spawnp(&pid, program, &actions, NULL, argv, environ);
	close(ends[1]);
	if (error != 0) {
		fprintf(stderr, "t-trace: %s: %s\n", program, strerror(error));
		return -1;
	}
	if (read(ends[0], self, sizeof(*self)) != (ssize_t)sizeof(*self))
		pid = -1;
	close(ends[0]);
	return pid;
}

static int
ask(long count)
{
	struct address a, b;
	pid_t pid_b = start("trace-b", NULL, &b);
	pid_t pid_a = pid_b < 0 ? -1 : start("trace-a", &b, &a);
	int coid = pid_a < 0 ? -1 : connect_to(a), status;

	if (coid < 0)
		return 1;
	for (long i = 0; i < count; i++) {
		struct request m = {.number = (uint64_t)i, .text = "through three"}, answer;

		if (MsgSend(coid, &m, sizeof(m), &answer, sizeof(answer)) != i + 1 ||
		    strcmp(answer.text, m.text) != 0)
			return fail("MsgSend");
	}
	if (MsgSendPulse(coid, -1, CODE_END, 0) < 0)
		return fail("MsgSendPulse");
	if (waitpid(pid_a, &status, 0) != pid_a || status != 0 ||
	    waitpid(pid_b, &status, 0) != pid_b || status != 0)
		return fail("wait");
	printf("%ld messages through three processes\n", count);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash == NULL ? argv[0] : slash + 1;
	struct address next;

	if (strcmp(name, "trace-b") == 0)
		return serve(-1);
	if (strcmp(name, "trace-a") == 0 && argc == 3) {
		next.pid = atoi(argv[1]);
		next.chid = atoi(argv[2]);
		return serve(connect_to(next));
	}
	return ask(argc > 1 ? strtol(argv[1], NULL, 10) : 1);
}
