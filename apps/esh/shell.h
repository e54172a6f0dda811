/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell.h - the state of one shell, and what its parts ask of each other.
 * Functions return an exit status (0..255) unless they say otherwise.
 */
#ifndef ESH_SHELL_H
#define ESH_SHELL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ast.h"
#include "input.h"
#include "mem.h"

/* How deep functions, sourced files and eval may call each other. */
#define CALL_DEPTH_MAX 100

/* What the command that just ran asks of those around it. */
enum flow {
	FLOW_NEXT, /* nothing: go on */
	FLOW_BREAK, /* leave flow_count loops */
	FLOW_CONTINUE, /* leave flow_count - 1 loops, go on with the next */
	FLOW_RETURN, /* leave the function or the sourced file */
	FLOW_ABORT, /* an error: leave the command line, or the script */
	FLOW_EXIT, /* leave the shell */
};

struct var;
struct function;
struct job;
struct saved_var;

struct shell {
	/* Options. */
	bool interactive;
	bool errexit; /* -e */
	bool xtrace; /* -x */
	bool nounset; /* -u */
	bool noglob; /* -f */
	bool job_control; /* a process group for each job, and a terminal to lend */

	int status; /* $? */
	int subst_status; /* of the last command substitution */
	pid_t pid; /* $$: the first shell's, also in subshells */
	pid_t pgid; /* our own group */
	pid_t background_pid; /* $!, 0 before the first */

	enum flow flow;
	int flow_count;
	int errexit_off; /* > 0: a failure is being tested for */
	int loop_depth;
	int call_depth;
	bool in_function;
	unsigned long ignored; /* signals that `trap ''` chose to ignore, as bits */

	const char *source; /* what is being read, for messages; NULL at a prompt */
	int line;

	char *self; /* the path of this program */
	char *arg0; /* $0 */
	struct strlist args; /* $1... */
	struct var *vars[32]; /* hash chains */
	struct function *functions;
	struct saved_var *locals; /* of the function that runs */
	struct job *jobs;
	char *exit_action; /* trap '...' EXIT */
};

/* The whole shell: what main is to a program (main.c). */
int esh_main(int argc, char **argv);

/* ---- the stack (stack.c) ---- */
void stack_found(uintptr_t low); /* its lowest byte */
bool stack_is_low(void);	 /* whatever calls itself has to give up now */

/* ---- messages (report.c) ---- */

/* "NAME: LINE: text" on standard error. */
void report(struct shell *sh, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same, and asks to abort the command line or the script. Returns 2. */
int report_abort(struct shell *sh, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Writes all of it; false (with errno) where that fails. */
bool write_all(int fd, const char *s, size_t len);

/* ---- variables (var.c) ---- */

void var_import(struct shell *sh, char *const *environment);
const char *var_get(struct shell *sh, const char *name);
void var_set(struct shell *sh, const char *name, const char *value);
void var_export(struct shell *sh, const char *name, bool exported);
void var_unset(struct shell *sh, const char *name);
/* Remembers a variable in *list; var_restore puts all of the list back and empties it. */
void var_save(struct shell *sh, const char *name, struct saved_var **list);
void var_restore(struct shell *sh, struct saved_var **list);
/* The exported variables as NAME=value. */
void var_environment(struct shell *sh, struct strlist *out);
/* "prefix NAME='value'" lines of those (not) exported. */
void var_print(struct shell *sh, struct strbuf *out, const char *prefix, bool exported);
void var_free(struct shell *sh);

/* ---- functions (function.c) ---- */

void function_define(struct shell *sh, const struct node *n, struct arena *arena);
struct function *function_find(struct shell *sh, const char *name);
void function_unset(struct shell *sh, const char *name);
int function_call(struct shell *sh, struct function *f, char **argv);
void function_print(struct shell *sh, struct strbuf *out);
void function_free(struct shell *sh);

/* ---- expansion (expand.c, param.c, arith.c, subst.c) ---- */

/* All return false when an error was reported and the command must not run. */
bool expand_words(struct shell *sh, const struct word *w, struct strlist *out);
/* The file that a word names: one string, neither split nor matched against files. */
bool expand_path(struct shell *sh, const struct word *w, struct strbuf *out);
/* The same, but that ~ is none other. */
bool expand_string(struct shell *sh, const struct word *w, struct strbuf *out);
/* The same as a pattern: quoted characters get a backslash. */
bool expand_pattern(struct shell *sh, const struct word *w, struct strbuf *out);
/* NAME=word: the value behind the equals sign. */
bool expand_assignment(struct shell *sh, const struct word *w, struct strbuf *out);
/* A prompt's parameters and substitutions. */
bool expand_text(struct shell *sh, const char *text, struct strbuf *out);
/* The value of a parameter other than $@ and $*; NULL where it is unset. */
const char *param_value(struct shell *sh, const char *name, struct strbuf *scratch);
bool arith_evaluate(struct shell *sh, const char *expression, long *result);
/* Runs the command and appends its output, less the newlines at its end. */
bool subst_run(struct shell *sh, const char *source, struct strbuf *out);

/* ---- patterns (match.c, glob.c) ---- */

/* Never takes more than pattern length times string length steps. */
bool match_pattern(const char *pattern, size_t pattern_len, const char *s, size_t len);
/* Appends the matching paths, sorted; false where none matched. */
bool glob_expand(const char *pattern, struct strlist *out);

/* ---- redirections (redir.c) ---- */

struct redir_saved;

/*
 * Redirects the shell's own descriptors, which a program started now inherits.
 * With `saved`, redir_undo puts them back, also after a failure.
 */
bool redir_apply(struct shell *sh, const struct redir *r, struct redir_saved **saved);
void redir_undo(struct redir_saved **saved);
/* Makes the redirections stay (exec). */
void redir_keep(struct redir_saved **saved);
/* Saves one descriptor, for those who replace it on their own. */
void redir_save(int fd, struct redir_saved **saved);
/* A descriptor that programs do not inherit, above those that scripts use; takes over fd. */
int redir_hide(int fd);

/* ---- execution (exec.c, simple.c, pipeline.c, spawn.c) ---- */

int exec_node(struct shell *sh, const struct node *n, struct arena *arena);
int simple_run(struct shell *sh, const struct node *n);
int pipeline_run(struct shell *sh, const struct node *n, struct arena *arena);
int subshell_run(struct shell *sh, const struct node *n);
/* Starts a command in the background. */
int background_run(struct shell *sh, const struct node *n);
/* Reads and runs commands to the end of the input. */
int run_input(struct shell *sh, struct input *in);
int run_string(struct shell *sh, const char *text, const char *source, int line);

enum group {
	GROUP_OWN, /* stays in the shell's process group */
	GROUP_NEW, /* leads a new one */
	GROUP_JOIN, /* joins `pgid` */
};

struct spawn_how {
	enum group group;
	pid_t pgid;
	bool background; /* without job control: keyboard signals are ignored */
};

/* The path to run for a command's name: 0 and *path to free, or 126 or 127. */
int spawn_find(struct shell *sh, const char *name, char **path);
/* Both return the pid, or the negative exit status (126, 127) after a message. */
pid_t spawn_program(struct shell *sh, char **argv, const struct spawn_how *how);
pid_t spawn_shell(struct shell *sh, const char *text, int line, const struct spawn_how *how);
/* The prologue that gives a subshell our state (state.c). */
void state_write(struct shell *sh, struct strbuf *out, int line);
bool state_read(struct shell *sh, const char *text, int *line);
/* The positional parameters as part of the state, where they are no arguments. */
void state_write_args(struct shell *sh, struct strbuf *out);
/* Reads state and commands from an inherited descriptor, and closes it; false if incomplete. */
bool state_receive(int fd, size_t state_len, struct strbuf *state, struct strbuf *text);

/* ---- jobs (job.c) ---- */

/* Waits for the processes of a foreground pipeline; returns the last one's status. */
int job_wait_foreground(
    struct shell *sh, const pid_t *pids, const int *statuses, int n, pid_t pgid, const char *text);
void job_add(struct shell *sh, const pid_t *pids, int n, pid_t pgid, const char *text);
/* Takes note of jobs that ended; prints so at a prompt. */
void job_poll(struct shell *sh, bool print);
/* ^C ends these waits, and the command line. */
int job_wait_pid(struct shell *sh, pid_t pid);
int job_wait_all(struct shell *sh);
/* Gives the job (%n, %% or %+) the terminal and waits for it: its status, 1 if there is none. */
int job_foreground(struct shell *sh, const char *spec);
void job_list(struct shell *sh, struct strbuf *out);
/* %n, %% or %+ to a process group (negative) or a pid; 0 if there is none. */
pid_t job_target(struct shell *sh, const char *spec, bool *is_group);
/* A process nobody asks about: the feeder of a here-document. */
void job_add_stray(pid_t pid);
void job_free(struct shell *sh);

/* ---- the terminal (tty.c) ---- */

/* Job control on the terminal at descriptor 0, if there is one. */
void tty_start(struct shell *sh);
/* Makes a process group the foreground one; tty_take makes it the shell's. */
void tty_give(struct shell *sh, pid_t pgid);
void tty_take(struct shell *sh);
/* Whether ^C was typed, for us, since this or tty_take was called last: we ignore its signal. */
bool tty_is_interrupted(struct shell *sh);
/* The same, and then asks to abort the command line, with status 130. */
bool tty_aborts(struct shell *sh);
/* Waits until descriptor 0 can be read, if it is the terminal; false if it aborts. */
bool tty_wait_for_input(struct shell *sh);
/* Puts the modes back that a killed program left behind. */
void tty_repair(void);
/* Reads one line for the prompt into in->text: an input_fetch, the context is the shell. */
bool tty_fetch(struct input *in);

/* How often ^C was typed at the terminal at descriptor 0 (keyboard.c); false if it cannot tell. */
bool keyboard_count(uint64_t *interrupts);

/* ---- builtins (builtin.c) ---- */

typedef int (*builtin_run)(struct shell *sh, int argc, char **argv);

struct builtin {
	const char *name;
	builtin_run run;
	bool special; /* assignments before it stay */
};

const struct builtin *builtin_find(const char *name);
/* The i-th builtin, NULL behind the last. */
const struct builtin *builtin_at(size_t i);
/* Writes to standard output; 0, or 1 after a message. */
int builtin_write(struct shell *sh, const char *name, struct strbuf *text);

#endif
