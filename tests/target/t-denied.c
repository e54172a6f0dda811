/* SPDX-License-Identifier: Apache-2.0 */
/* t-denied.c - one attempt for each ability, made with it and without it. Owns nothing but the
 * child that it starts without the ability in question.
 *
 *   t-denied                  every attempt by itself, then by a child without that one ability,
 *                             then by itself when it has dropped the ability. The child also lacks
 *                             what only the service has (its grants, its devices, its keep memory);
 *                             who dropped the ability lacks nothing else.
 *   t-denied try NAME         one attempt
 *
 * Prints a line an attempt: ABILITY: ATTEMPT with RESULT without RESULT dropped RESULT; a result is
 * `ok` or an error's name, `-` where the driver itself lacks the ability.
 */
#include <devctl.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skink/access.h>
#include <skink/calls.h>
#include <skink/errno.h>
#include <skink/procmgr.h>
#include <skink/rtc.h>

#define NO_PID 0x7ffffff0 /* nobody's: who may gets ESRCH */
#define DEVICE_ADDRESS \
	0x10001000 /* /soc/virtio_mmio@10001000, which the test's manifest gives us */
#define DEVICE_SOURCE 1

extern char **environ;

static const struct {
	const char *name;
	int number;
} error_names[] = {
#define ERROR_ENTRY(name, number, text) {#name, number},
    SKINK_ERRNOS(ERROR_ENTRY)
#undef ERROR_ENTRY
};

static const char *
result_name(long result)
{
	if (result >= 0)
		return "ok";
	for (size_t i = 0; i < sizeof(error_names) / sizeof(error_names[0]); i++)
		if (error_names[i].number == -result)
			return error_names[i].name;
	return "?";
}

static long
ask(void *request, size_t size, enum proc_request type)
{
	static char reply[1024];

	return procmgr_ask(type, request, size, reply, sizeof(reply));
}

/* ---- the attempts: what each needs, and what it gets where it is let ---- */

/* To procmgr's channel, which is granted to nobody. */
static long
try_connect(void)
{
	long coid = skink_connect_to(SKINK_PROCMGR_PID, 1, SKINK_SIDE_CHANNEL, 0);

	if (coid >= 0)
		(void)skink_connect_detach((int)coid);
	return coid;
}

static long
try_interrupt(void)
{
	return skink_interrupt_attach(DEVICE_SOURCE, NULL, 0);
}

static long
try_io(void)
{
	struct proc_mmap m = {.length = 4096,
	    .offset = DEVICE_ADDRESS,
	    .prot = SKINK_PROT_READ,
	    .flags = PROC_MAP_SHARED | PROC_MAP_PHYSICAL,
	    .coid = -1};

	return ask(&m, sizeof(m), PROC_MMAP);
}

static long
try_dma(void)
{
	struct proc_mmap m = {.length = 4096,
	    .prot = SKINK_PROT_READ | SKINK_PROT_WRITE,
	    .flags = PROC_MAP_SHARED | PROC_MAP_DMA,
	    .coid = -1};

	return ask(&m, sizeof(m), PROC_MMAP);
}

static long
try_physical(void)
{
	struct proc_range m = {.address = 0x10000, .length = 4096};

	return ask(&m, sizeof(m), PROC_PHYSICAL);
}

static long
try_dma_reset(void)
{
	struct proc_simple m = {.header = {.zero = 0}};

	return ask(&m, sizeof(m), PROC_DMA_RESET_DONE);
}

static long
try_path(void)
{
	static const char path[] = "/dev/denied";
	struct {
		struct proc_path m;
		char path[sizeof(path) - 1];
	} r = {.m = {.length = sizeof(path) - 1}};
	long chid = skink_channel_create(0, 0);
	long result;

	memcpy(r.path, path, sizeof(r.path));
	r.m.chid = (int32_t)chid;
	result = ask(&r, sizeof(r.m) + sizeof(r.path), PROC_PATH_ATTACH);
	(void)skink_channel_destroy((int)chid);
	return result;
}

/* Signal 0 to ham, which is of another session. */
static long
try_kill(void)
{
	struct proc_kill m = {.pid = 2, .signal = 0};

	return ask(&m, sizeof(m), PROC_KILL);
}

static long
try_inject(void)
{
	struct proc_inject m = {.pid = NO_PID, .how = PROC_INJECT_KILL};

	return ask(&m, sizeof(m), PROC_INJECT);
}

static long
try_service(void)
{
	struct proc_service m = {.service = 1000, .state = PROC_SERVICE_COLD};

	return ask(&m, sizeof(m), PROC_SERVICE_STATE);
}

static long
try_clock(void)
{
	uint64_t now;

	(void)skink_clock_time(SKINK_CLOCK_REALTIME, &now);
	return skink_clock_set(now);
}

/* A way to reset that there is not: who may is told so. */
static long
try_reset(void)
{
	struct proc_reset m = {.how = 7};

	return ask(&m, sizeof(m), PROC_RESET);
}

static long
write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	long result;

	if (fd < 0)
		return -errno;
	result = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	(void)close(fd);
	return result;
}

static long
try_reset_server(void)
{
	return write_text("/dev/reset", "no such word");
}

/* Sets the clock to what it shows. */
static long
try_rtc_server(void)
{
	uint64_t ns;
	int fd = open("/dev/rtc", O_RDWR);
	int error;

	if (fd < 0)
		return -errno;
	error = devctl(fd, DCMD_RTC_GET, &ns, sizeof(ns), NULL);
	if (error == EOK)
		error = devctl(fd, DCMD_RTC_SET, &ns, sizeof(ns), NULL);
	(void)close(fd);
	return -error;
}

static long
try_keep(void)
{
	struct proc_keep m = {.bytes = 4096, .name = "denied"};

	return ask(&m, sizeof(m), PROC_KEEP_OPEN);
}

static long
try_keep_drop(void)
{
	struct proc_keep m = {.bytes = 0, .name = "other"};

	return ask(&m, sizeof(m), PROC_KEEP_DROP);
}

static long
try_info(void)
{
	struct proc_info m = {.kind = PROC_INFO_PROCESS, .id = 2};

	return ask(&m, sizeof(m), PROC_INFO);
}

static long
try_death_read(void)
{
	struct proc_death_read m = {.after = UINT64_MAX};

	return ask(&m, sizeof(m), PROC_DEATH_READ);
}

static long
try_death_notify(void)
{
	struct proc_death_notify m = {.event = {.notify = SKINK_EV_NONE}};

	return ask(&m, sizeof(m), PROC_DEATH_NOTIFY);
}

static long
try_log(void)
{
	struct proc_log_read m = {.flags = PROC_LOG_NOWAIT};

	return ask(&m, sizeof(m), PROC_LOG_READ);
}

static long
try_trace_ring(void)
{
	struct proc_trace_ring m = {.bytes = 4096};
	long coid = ask(&m, sizeof(m), PROC_TRACE_RING);

	if (coid >= 0)
		(void)skink_connect_detach((int)coid);
	return coid;
}

static long
try_trace_set(void)
{
	struct proc_trace_set m = {.classes = 0};

	return ask(&m, sizeof(m), PROC_TRACE_SET);
}

static const struct attempt {
	const char *ability, *name;
	uint64_t bit;
	long (*attempt)(void);
} attempts[] = {
    {"CONNECT_ANY", "connect_attach", SKINK_AB_CONNECT_ANY, try_connect},
    {"INTERRUPT", "interrupt_attach", SKINK_AB_INTERRUPT, try_interrupt},
    {"IO", "mmap-physical", SKINK_AB_IO, try_io},
    {"DMA", "mmap-dma", SKINK_AB_DMA, try_dma},
    {"DMA", "physical", SKINK_AB_DMA, try_physical},
    {"DMA", "dma-reset-done", SKINK_AB_DMA, try_dma_reset},
    {"PATHS", "path-attach", SKINK_AB_PATHS, try_path},
    {"KILL", "kill", SKINK_AB_KILL, try_kill},
    {"INJECT", "inject", SKINK_AB_INJECT, try_inject},
    {"SPAWN_SERVICE", "service-state", SKINK_AB_SPAWN_SERVICE, try_service},
    {"CLOCK_SET", "clock-set", SKINK_AB_CLOCK_SET, try_clock},
    {"CLOCK_SET", "rtc-server", SKINK_AB_CLOCK_SET, try_rtc_server},
    {"REBOOT", "reset", SKINK_AB_REBOOT, try_reset},
    {"REBOOT", "reset-server", SKINK_AB_REBOOT, try_reset_server},
    {"TRACE", "trace-ring", SKINK_AB_TRACE, try_trace_ring},
    {"TRACE", "trace-set", SKINK_AB_TRACE, try_trace_set},
    {"KEEP", "keep-open", SKINK_AB_KEEP, try_keep},
    {"KEEP", "keep-drop", SKINK_AB_KEEP, try_keep_drop},
    {"INFO", "info", SKINK_AB_INFO, try_info},
    {"INFO", "death-read", SKINK_AB_INFO, try_death_read},
    {"INFO", "death-notify", SKINK_AB_INFO, try_death_notify},
    {"LOG", "log-read", SKINK_AB_LOG, try_log},
};
#define ATTEMPTS (sizeof(attempts) / sizeof(attempts[0]))

/* The attempt's result in a child that lacks the ability: the number of the error is its status. */
static long
result_without(const char *self, const struct attempt *a)
{
	char *argv[] = {(char *)self, "try", (char *)a->name, NULL};
	posix_spawnattr_t attr;
	int status, error;
	pid_t pid;

	(void)posix_spawnattr_init(&attr);
	attr.abilities_dropped = a->bit;
	error = posix_spawnp(&pid, self, NULL, &attr, argv, environ);
	if (error != 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) {
		fprintf(stderr, "t-denied: no child: %s\n", strerror(error));
		exit(2);
	}
	return -WEXITSTATUS(status);
}

static long
drop(uint64_t abilities)
{
	struct proc_drop m = {.abilities = abilities};

	return ask(&m, sizeof(m), PROC_DROP);
}

int
main(int argc, char **argv)
{
	uint64_t own = (uint64_t)skink_process_self(SKINK_SELF_ABILITIES);
	long with[ATTEMPTS], without[ATTEMPTS];

	if (argc == 3 && strcmp(argv[1], "try") == 0) {
		for (size_t i = 0; i < ATTEMPTS; i++)
			if (strcmp(attempts[i].name, argv[2]) == 0) {
				long result = attempts[i].attempt();

				return result < 0 ? (int)-result & 0xff : 0;
			}
		return 255;
	}
	for (size_t i = 0; i < ATTEMPTS; i++) {
		const struct attempt *a = &attempts[i];

		with[i] = own & a->bit ? a->attempt() : 0;
		without[i] = result_without(argv[0], a);
	}
	for (size_t i = 0; i < ATTEMPTS; i++) {
		const struct attempt *a = &attempts[i];
		long dropped = drop(a->bit);

		if (dropped >= 0)
			dropped = a->attempt();
		printf("%s: %s with %s without %s dropped %s\n", a->ability, a->name,
		    own & a->bit ? result_name(with[i]) : "-", result_name(without[i]),
		    result_name(dropped));
		fflush(stdout);
	}
	return 0;
}
