/* SPDX-License-Identifier: Apache-2.0 */
/* r-parked.c - a service whose durable channel has no path, and its client. The first instance ends
 * with the client's request in its hand; the next one answers whatever comes.
 *
 *   r-parked serve FILE   writes its pid and channel to FILE
 *   r-parked send FILE    sends twice: a line `error N` or `status N` each
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skink/access.h>
#include <skink/calls.h>

#define ANSWER 42

static int
serve(const char *file)
{
	long chid = skink_channel_create(SKINK_CHF_DURABLE, 1);
	char text[32];
	FILE *f;

	if (chid < 0 || skink_channel_grant((int)chid, -1) < 0)
		return 2;
	if (chid & SKINK_CHANNEL_ADOPTED) {
		for (;;) {
			long rcvid = skink_msg_receive((int)chid, text, sizeof(text), NULL);

			if (rcvid > 0)
				(void)skink_msg_reply(rcvid, ANSWER, NULL, 0);
		}
	}
	f = fopen(file, "w");
	if (f == NULL)
		return 2;
	fprintf(f, "%d %ld\n", getpid(), chid);
	if (fclose(f) != 0)
		return 2;
	return skink_msg_receive((int)chid, text, sizeof(text), NULL) > 0 ? 1 : 2;
}

static int
send_twice(const char *file)
{
	int pid, chid, coid, found;
	FILE *f = fopen(file, "r");

	if (f == NULL)
		return 2;
	found = fscanf(f, "%d %d", &pid, &chid);
	if (fclose(f) != 0 || found != 2)
		return 2;
	coid = (int)skink_connect_to(pid, chid, SKINK_SIDE_CHANNEL, 0);
	for (int i = 0; i < 2; i++) {
		long result = skink_msg_send(coid, "x", 1, NULL, 0);

		printf(result < 0 ? "error %ld\n" : "status %ld\n", labs(result));
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	return strcmp(argv[1], "serve") == 0 ? serve(argv[2]) : send_twice(argv[2]);
}
