/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builtin.h - the builtins, by the file they live in. Each gets its name as
 * argv[0] and returns an exit status.
 */
#ifndef ESH_BUILTIN_H
#define ESH_BUILTIN_H

#include "shell.h"

/* builtin_flow.c: what changes the course of execution */
int builtin_break(struct shell *sh, int argc, char **argv);
int builtin_dot(struct shell *sh, int argc, char **argv);
int builtin_eval(struct shell *sh, int argc, char **argv);
int builtin_exec(struct shell *sh, int argc, char **argv);
int builtin_exit(struct shell *sh, int argc, char **argv);
int builtin_return(struct shell *sh, int argc, char **argv);
int builtin_trap(struct shell *sh, int argc, char **argv);

/* builtin_var.c: variables, parameters, options */
int builtin_export(struct shell *sh, int argc, char **argv);
int builtin_local(struct shell *sh, int argc, char **argv);
int builtin_read(struct shell *sh, int argc, char **argv);
int builtin_set(struct shell *sh, int argc, char **argv);
int builtin_shift(struct shell *sh, int argc, char **argv);
int builtin_unset(struct shell *sh, int argc, char **argv);

/* builtin_file.c: files */
int builtin_chmod(struct shell *sh, int argc, char **argv);

/* builtin_getopts.c: options */
int builtin_getopts(struct shell *sh, int argc, char **argv);

/* builtin_job.c: processes */
int builtin_fg(struct shell *sh, int argc, char **argv);
int builtin_jobs(struct shell *sh, int argc, char **argv);
int builtin_kill(struct shell *sh, int argc, char **argv);
int builtin_wait(struct shell *sh, int argc, char **argv);

/* builtin.c: the rest */
int builtin_test(struct shell *sh, int argc, char **argv);

/* A number of at least `least` that fills all of s; -1 after a message. */
long builtin_number(struct shell *sh, const char *name, const char *s, long least);

#endif
