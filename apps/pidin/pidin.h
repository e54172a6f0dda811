/* SPDX-License-Identifier: Apache-2.0 */
/* pidin.h - the views of pidin. Each prints its table and returns an exit status. */
#ifndef PIDIN_H
#define PIDIN_H

#include <stdbool.h>
#include <stdint.h>

#define SELECTION_MAX 32

/* Which processes are wanted: those named by pid or name, or all. */
struct selection {
	const char *words[SELECTION_MAX];
	int count;
	int matches; /* lines that were wanted */
};
bool selection_has(struct selection *s, int pid, const char *name);
bool selection_is_all(const struct selection *s);

int show_threads(struct selection *s);
int show_interrupts(struct selection *s);
int show_fds(struct selection *s);
int show_memory(struct selection *s);
int show_deaths(struct selection *s);
int show_nucleus(struct selection *s);
int show_services(struct selection *s);
int show_paths(struct selection *s);
int show_keep(struct selection *s);

/* "12.345678", seconds. */
const char *seconds_text(uint64_t ns, char *text, unsigned long size);

#endif
