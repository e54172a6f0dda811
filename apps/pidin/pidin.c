/* SPDX-License-Identifier: Apache-2.0 */
/* pidin.c - shows processes and what the system knows of itself. Owns the command line and the
 * choice of the view; the views print. docs/tools.md describes the columns. */
#include "pidin.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "procinfo.h"

#define VIEWS(X) \
	X("threads", show_threads, \
	    "every thread: what it does, and what it waits for (the default)") \
	X("irqs", show_interrupts, "threads that serve interrupts") \
	X("fds", show_fds, "descriptors and connections, and who serves them") \
	X("mem", show_memory, "memory of each process, and where all of it is; with -p: regions") \
	X("deaths", show_deaths, "who ended, and why; with -p: registers and backtrace") \
	X("nucleus", show_nucleus, "time, counters and pools of the nucleus") \
	X("services", show_services, "what ham knows of the services") \
	X("paths", show_paths, "path prefixes and their servers") \
	X("keep", show_keep, "keep memory")

static const struct view {
	const char *name;
	int (*show)(struct selection *s);
	const char *help;
} views[] = {
#define VIEW(name, show, help) {name, show, help},
    VIEWS(VIEW)
#undef VIEW
};
#define VIEW_COUNT (sizeof(views) / sizeof(views[0]))

bool
selection_is_all(const struct selection *s)
{
	return s->count == 0;
}

bool
selection_has(struct selection *s, int pid, const char *name)
{
	char number[16];
	bool has = s->count == 0;

	snprintf(number, sizeof(number), "%d", pid);
	for (int i = 0; i < s->count && !has; i++)
		has = strcmp(s->words[i], name) == 0 || strcmp(s->words[i], number) == 0;
	s->matches += has;
	return has;
}

const char *
seconds_text(uint64_t ns, char *text, unsigned long size)
{
	snprintf(text, size, "%llu.%06llu", (unsigned long long)(ns / 1000000000),
	    (unsigned long long)(ns / 1000 % 1000000));
	return text;
}

static int
usage(FILE *to)
{
	fprintf(to,
	    "usage: pidin [-p PID|NAME]... [VIEW [PID|NAME]...]\n"
	    "Shows processes and what the system knows of itself.\n"
	    "  -p PID|NAME  only these\n"
	    "  -h, --help   this text\n"
	    "Views; as many letters as make it clear will do:\n");
	for (size_t i = 0; i < VIEW_COUNT; i++)
		fprintf(to, "  %-12s %s\n", views[i].name, views[i].help);
	return to == stdout ? 0 : 2;
}

static const struct view *
find_view(const char *name)
{
	const struct view *found = NULL;
	size_t length = strlen(name);

	for (size_t i = 0; i < VIEW_COUNT; i++) {
		if (strncmp(views[i].name, name, length) != 0)
			continue;
		if (views[i].name[length] == '\0')
			return &views[i];
		if (found != NULL)
			return NULL;
		found = &views[i];
	}
	return length == 0 ? NULL : found;
}

static int
add_word(struct selection *s, const char *word)
{
	if (s->count == SELECTION_MAX) {
		fprintf(stderr, "pidin: more than %d processes are named\n", SELECTION_MAX);
		return 2;
	}
	s->words[s->count++] = word;
	return 0;
}

int
main(int argc, char **argv)
{
	struct selection selection = {.count = 0};
	const struct view *view = &views[0];
	int status = 0;
	int option;

	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	while ((option = getopt(argc, argv, "hp:")) != -1) {
		if (option == 'p')
			status |= add_word(&selection, optarg);
		else
			return usage(option == 'h' ? stdout : stderr);
	}
	if (optind < argc) {
		view = find_view(argv[optind]);
		if (view == NULL) {
			fprintf(stderr, "pidin: no view is %s; pidin --help lists them\n",
			    argv[optind]);
			return 2;
		}
	}
	for (int i = optind + 1; i < argc; i++)
		status |= add_word(&selection, argv[i]);
	if (status != 0)
		return status;
	status = view->show(&selection);
	if (status == 0 && selection.count != 0 && selection.matches == 0) {
		fprintf(stderr, "pidin: nothing to show of %s\n", selection.words[0]);
		return 1;
	}
	return status;
}
