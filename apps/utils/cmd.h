/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd.h - what every utility does alike: options, messages, numbers, and an end
 * that notices when the output was lost.
 */
#ifndef UTILS_CMD_H
#define UTILS_CMD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * First thing in main. `usage` is what --help prints: "usage: NAME ..." and what
 * it does, lines ended. With --help as the first argument it prints and exits.
 */
void cmd_start(int argc, char **argv, const char *usage);

/*
 * The next option's letter, or 0 behind the last. `letters` lists those known; a
 * ':' behind one says that it takes a value, which cmd_value then returns. An
 * unknown option ends the program with the usage on standard error and status 2.
 */
int cmd_option(const char *letters);
const char *cmd_value(void);

/* The operands, once cmd_option has returned 0; they end with a NULL. */
char **cmd_operands(void);
/* Tells of bad usage and exits with 2. */
_Noreturn void cmd_usage(void);

/* "NAME: text: what errno says" on standard error. */
void cmd_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* "NAME: text". */
void cmd_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A decimal number from least to most that fills all of s; or a message and exit with 2. */
long cmd_number(const char *s, long least, long most);

/* The status to end with: `status`, or 1 where standard output could not be written. */
int cmd_finish(int status);

/* Never NULL: a message and exit with 2 when memory is exhausted. */
void *cmd_alloc(size_t len_bytes);
void *cmd_resize(void *p, size_t len_bytes);
/* "directory/name", to be freed. */
char *cmd_join(const char *directory, const char *name);

/* Writes all; false with errno. */
bool cmd_write(int fd, const void *data, size_t len_bytes);

/* Opens a file to be read; "-" is standard input, 0. -1 with errno, EISDIR for a directory
 * (lines.c). */
int input_open(const char *path);

/* A file read by the line, however long. */
struct lines {
	int fd;
	const char *name; /* for messages */
	char *line; /* the line, a NUL behind it */
	size_t len; /* without the newline */
	bool complete; /* it ended with a newline */
	bool failed; /* reading failed; a message was printed */
	size_t cap;
	size_t pos;
	size_t filled;
	char buffer[1024];
};

/* Opens; "-" is standard input. False after a message. */
bool lines_open(struct lines *l, const char *path);
/* False at the end. */
bool lines_next(struct lines *l);
void lines_close(struct lines *l);
/* Runs each file ("-" where there is none) through `one`, under a heading of its own where there
 * are several. The status to end with. */
int lines_each(char **files, bool (*one)(const char *path));

/* Runs a command and waits for it (run.c): its status, 128 + N if signal N ended it; 126 or 127
 * with a message, and *started false where that is given, if it could not be started. */
int run_command(char **command, bool *started);

#endif
