/* SPDX-License-Identifier: Apache-2.0 */
/* peer.c - the second process of a figure: started, connected and ended here. Each side reaches the
 * other's channel by pid and chid, which its owner grants. */
#include "bench.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/neutrino.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_NS 5000000000ull /* with a second process that may have failed to start */

extern char **environ;

static const struct peer_role roles[] = {
    {"trips", serve_trips},
    {"pulses", send_pulses},
    {"yield", yield_forever},
    {"compute", compute_forever},
};

static int
fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	return -1;
}

int
bench_priority(int priority)
{
	struct sched_param param = {.sched_priority = priority};

	return SchedSet(0, 0, SCHED_FIFO, &param) < 0 ? fail("priority") : 0;
}

static int
open_channel(void)
{
	int chid = ChannelCreate(0);
	long error;

	if (chid < 0)
		return fail("channel");
	error = skink_channel_grant(chid, -1);
	if (error < 0) {
		errno = (int)-error;
		return fail("grant");
	}
	return chid;
}

int
peer_start(struct peer *peer, const char *role, long argument, int priority)
{
	char chid[16], number[24], level[16];
	char *argv[] = {"bench", "--peer", (char *)role, chid, number, level, NULL};
	int error;

	*peer = (struct peer){.chid = open_channel(), .coid = -1};
	if (peer->chid < 0)
		return -1;
	snprintf(chid, sizeof(chid), "%d", peer->chid);
	snprintf(number, sizeof(number), "%ld", argument);
	snprintf(level, sizeof(level), "%d", priority);
	error = posix_spawnp(&peer->pid, "bench", NULL, NULL, argv, environ);
	if (error != 0) {
		ChannelDestroy(peer->chid);
		errno = error;
		return fail("spawn");
	}
	return 0;
}

int
peer_connect(struct peer *peer)
{
	uint64_t patience_ns = PATIENCE_NS;
	rcvid_t rcvid;
	int chid;

	TimerTimeout(CLOCK_MONOTONIC, _NTO_TIMEOUT_RECEIVE, NULL, &patience_ns, NULL);
	rcvid = MsgReceive(peer->chid, &chid, sizeof(chid), NULL);

	if (rcvid <= 0)
		return fail("receive");
	MsgReply(rcvid, 0, NULL, 0);
	peer->coid = ConnectAttach(0, peer->pid, chid, _NTO_SIDE_CHANNEL, 0);
	return peer->coid < 0 ? fail("connect") : 0;
}

void
peer_end(struct peer *peer)
{
	if (peer->coid >= 0)
		ConnectDetach(peer->coid);
	kill(peer->pid, SIGKILL);
	waitpid(peer->pid, NULL, 0);
	ChannelDestroy(peer->chid);
}

int
peer_channel(int coid)
{
	int chid = open_channel();

	if (chid >= 0 && MsgSend(coid, &chid, sizeof(chid), NULL, 0) < 0)
		return fail("send");
	return chid;
}

int
peer_main(int argc, char **argv)
{
	int coid;

	if (argc != 6)
		return 2;
	coid = ConnectAttach(0, getppid(), atoi(argv[3]), _NTO_SIDE_CHANNEL, 0);
	if (coid < 0)
		return fail("connect"), 1;
	if (bench_priority(atoi(argv[5])) < 0)
		return 1;
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strcmp(argv[2], roles[i].name) == 0)
			return roles[i].run(coid, atol(argv[4]));
	}
	return 2;
}
