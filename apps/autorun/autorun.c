/* SPDX-License-Identifier: Apache-2.0 */
/*
 * autorun.c - runs the command that the host put into the image, in the place of the console's
 * shell. Owns the marks on the console (skink/image.h) and the machine's end; the command's
 * output passes through nobody.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <skink/calls.h>
#include <skink/ham.h>
#include <skink/image.h>
#include <skink/procmgr.h>

extern char **environ;

#define SHELL          "/proc/boot/esh"
#define NONCE_DIGITS   16
#define POLL_NS        200000
#define STATUS_NOT_RUN 126

static struct {
	char nonce[NONCE_DIGITS + 1];
	const char *command; /* what follows the file's first line */
	bool serve;
} boot;

static void __attribute__((noreturn)) fail(const char *what)
{
	fprintf(stderr, "autorun: %s: %s\n", SKINK_COMMAND_FILE, what);
	exit(STATUS_NOT_RUN);
}

/* The whole file, with a NUL behind it. */
static char *
read_file(int fd)
{
	struct stat st;
	size_t length = 0;
	char *text;
	ssize_t got;

	if (fd < 0 || fstat(fd, &st) < 0)
		fail(strerror(errno));
	text = malloc((size_t)st.st_size + 1);
	if (text == NULL)
		fail(strerror(ENOMEM));
	while ((got = read(fd, text + length, (size_t)st.st_size - length)) > 0)
		length += (size_t)got;
	text[length] = '\0';
	return text;
}

static void
read_command(void)
{
	int fd = open("/proc/boot/" SKINK_COMMAND_FILE, O_RDONLY);
	char *text = read_file(fd);
	char mode[8];

	close(fd);
	boot.command = strchr(text, '\n');
	if (boot.command == NULL || sscanf(text, "%7s %16s", mode, boot.nonce) != 2)
		fail("damaged");
	boot.command++;
	boot.serve = strcmp(mode, "serve") == 0;
}

/* What the command writes goes out as it is, and nothing is echoed between. */
static void
prepare_terminal(void)
{
	struct termios t;

	ioctl(STDOUT_FILENO, TIOCSCTTY);
	if (tcgetattr(STDOUT_FILENO, &t) < 0)
		return;
	t.c_oflag &= ~(tcflag_t)OPOST;
	t.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDOUT_FILENO, TCSADRAIN, &t);
}

/* Until every service is up, or nobody waits for it any more. */
static void
await_services(void)
{
	struct timespec poll = {.tv_nsec = POLL_NS};
	struct ham_status_info status;

	while (ham_status(&status) == 0 && status.settled < status.entities)
		nanosleep(&poll, NULL);
	ham_disconnect(0);
}

/* One mark, in one piece. `tail` comes before the newline. */
static void
mark(int kind, const char *tail)
{
	char line[64];
	int length =
	    snprintf(line, sizeof(line), "%c%c%s%s\n", SKINK_CONSOLE_MARK, kind, boot.nonce, tail);

	for (int done = 0; done < length;) {
		ssize_t wrote = write(STDOUT_FILENO, line + done, (size_t)(length - done));

		if (wrote <= 0)
			break;
		done += wrote;
	}
}

static int
run_command(void)
{
	char *argv[] = {"esh", "-c", (char *)boot.command, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int status, error;
	pid_t pid;

	posix_spawnattr_init(&attr);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	error = posix_spawn(&pid, SHELL, &actions, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error != 0) {
		fprintf(stderr, "autorun: %s: %s\n", SHELL, strerror(error));
		return STATUS_NOT_RUN;
	}
	if (waitpid(pid, &status, 0) < 0) {
		fprintf(stderr, "autorun: wait: %s\n", strerror(errno));
		return STATUS_NOT_RUN;
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void __attribute__((noreturn)) stay(void)
{
	static const struct timespec day = {.tv_sec = 86400};

	for (;;)
		nanosleep(&day, NULL);
}

/* By the board's own device where there is one, else by the firmware. */
static void
power_off(void)
{
	struct proc_reset m = {.how = 0};
	int fd = open("/dev/reset", O_WRONLY);

	if (fd >= 0 && write(fd, "poweroff", 8) < 0)
		close(fd);
	(void)procmgr_ask(PROC_RESET, &m, sizeof(m), NULL, 0);
}

int
main(void)
{
	char tail[16];
	int status;

	read_command();
	prepare_terminal();
	await_services();
	mark(boot.serve ? SKINK_CONSOLE_READY : SKINK_CONSOLE_BEGIN, "");
	status = run_command();
	if (boot.serve)
		stay();
	tcdrain(STDOUT_FILENO);
	snprintf(tail, sizeof(tail), " %d", status);
	mark(SKINK_CONSOLE_END, tail);
	tcdrain(STDOUT_FILENO);
	power_off();
	return STATUS_NOT_RUN;
}
