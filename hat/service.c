/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - the program `service`: an operator's word to ham. `pidin services` shows what
 * came of it. */
#include <skink/ham.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct verb {
	const char *name;
	int (*tell)(const char *service);
} verbs[] = {
    {"start", ham_entity_start},
    {"stop", ham_entity_stop},
    {"restart", ham_entity_restart},
};
#define VERB_COUNT (sizeof(verbs) / sizeof(verbs[0]))

static int
usage(FILE *to)
{
	fprintf(to,
	    "usage: service start|stop|restart NAME...\n"
	    "Tells ham what is wanted of services; it happens soon after.\n"
	    "  start    what was stopped, given up or is manual\n"
	    "  stop     until it is started again; who waits for it gets an error\n"
	    "  restart  its clients wait meanwhile and notice nothing\n"
	    "Exit status: 0, or 1 when ham refused one, or 2 for a wrong line.\n");
	return to == stdout ? 0 : 2;
}

int
main(int argc, char **argv)
{
	const struct verb *verb = NULL;
	int status = 0;

	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	for (size_t i = 0; i < VERB_COUNT && argc > 2; i++) {
		if (strcmp(argv[1], verbs[i].name) == 0)
			verb = &verbs[i];
	}
	if (verb == NULL)
		return usage(stderr);
	for (int i = 2; i < argc; i++) {
		if (verb->tell(argv[i]) == 0)
			continue;
		fprintf(stderr, "service: %s: %s\n", argv[i],
		    errno == ESRCH ? "no such service" : strerror(errno));
		status = 1;
	}
	return status;
}
