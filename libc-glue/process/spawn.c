/* SPDX-License-Identifier: Apache-2.0 */
/* spawn.c - starting a program: reads its file, gathers what it gets, asks procmgr. A server that
 * dies meanwhile is this process's affair, not procmgr's. */
#include "child_files.h"
#include "../file/path.h"
#include "share.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skink/program.h>

#define DEFAULT_PATH "/proc/boot"
#define IMAGE        "/proc/boot/" /* procmgr reads the headers of programs there itself */

_Static_assert(PROGRAM_SEGMENTS_MAX <= PROC_SEGMENTS_MAX, "segments");

/* One spawn in the making. */
struct plan {
	struct proc_spawn request;
	char path[GLUE_PATH_SIZE]; /* of the program, absolute */
	struct program program;
	struct child_files files;
	int file; /* the program; -1: not open */
	int object; /* a copy of its contents; -1: none */
	size_t tail_bytes;
	char *tail; /* what follows the request */
};

static long
file_read(void *file, void *buffer, size_t size, uint64_t offset)
{
	return glue_pread(*(int *)file, buffer, size, offset);
}

/* procmgr maps what it serves itself as it lies there. */
static bool
is_procmgrs(int fd)
{
	struct _server_info info;

	return skink_connect_server_info(fd, &info) >= 0 && info.pid == SKINK_PROCMGR_PID;
}

static int
plan_open(struct plan *p)
{
	long r = glue_open(p->path, O_RDONLY, 0, SKINK_SIDE_CHANNEL, SKINK_COF_CLOEXEC, NULL);
	struct stat st;

	if (r < 0)
		return (int)-r;
	p->file = (int)r;
	if (fstat(p->file, &st) < 0)
		return errno;
	if (!S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0)
		return EACCES;
	return glue_error(program_read(&p->program, file_read, &p->file));
}

/* Fills bytes [at, at + size) of the object's mapping from the file. */
static int
fill(int file, char *at, uint64_t size, uint64_t offset)
{
	while (size > 0) {
		long n = glue_pread(file, at, size, offset);

		if (n < 0)
			return (int)-n;
		if (n == 0)
			return ENOEXEC;
		at += n;
		offset += (uint64_t)n;
		size -= (uint64_t)n;
	}
	return 0;
}

static uint64_t
page_up(uint64_t n)
{
	return (n + SKINK_PAGE - 1) & ~(SKINK_PAGE - 1);
}

/* Another server's file goes into a memory object, segment behind segment; offsets change to it. */
static int
plan_copy(struct plan *p)
{
	struct proc_object request = {.index = SKINK_SIDE_CHANNEL, .flags = SKINK_COF_CLOEXEC};
	uint64_t places[PROGRAM_SEGMENTS_MAX], size = 0;
	int error = 0;
	char *base;
	long r;

	for (unsigned i = 0; i < p->program.count; i++) {
		struct program_segment *s = &p->program.segments[i];

		places[i] = size + s->address % SKINK_PAGE;
		if (s->file_bytes > SKINK_KEEP_START - places[i])
			return ENOEXEC;
		size = page_up(places[i] + s->file_bytes);
	}
	request.bytes = size == 0 ? SKINK_PAGE : size;
	r = procmgr_ask(PROC_OBJECT, &request, sizeof(request), NULL, 0);
	if (r < 0)
		return (int)-r;
	p->object = (int)r;
	r = glue_map(
	    0, request.bytes, SKINK_PROT_READ | SKINK_PROT_WRITE, PROC_MAP_SHARED, p->object, 0);
	if (r < 0)
		return (int)-r;
	base = (char *)r;
	for (unsigned i = 0; i < p->program.count && error == 0; i++) {
		struct program_segment *s = &p->program.segments[i];

		error = fill(p->file, base + places[i], s->file_bytes, s->offset);
		s->offset = places[i];
	}
	glue_unmap(base, request.bytes);
	return error;
}

static void
plan_attr(struct plan *p, const posix_spawnattr_t *attr)
{
	struct proc_spawn *r = &p->request;

	r->abilities = ~0ull; /* those that it has */
	if (attr == NULL)
		return;
	r->abilities &= ~attr->abilities_dropped;
	r->priority_max = attr->priority_max;
	r->memory_bytes = attr->memory_bytes;
	r->stack_bytes = attr->stack_bytes;
	if ((attr->flags & POSIX_SPAWN_SETPGROUP) != 0) {
		r->flags |= PROC_SPAWN_SETGROUP;
		r->group = attr->group;
	}
	if ((attr->flags & POSIX_SPAWN_SETSID) != 0)
		r->flags |= PROC_SPAWN_SETSID;
	if ((attr->flags & (POSIX_SPAWN_SETSCHEDPARAM | POSIX_SPAWN_SETSCHEDULER)) != 0) {
		r->flags |= PROC_SPAWN_SCHED;
		r->priority = attr->param.sched_priority;
		if ((attr->flags & POSIX_SPAWN_SETSCHEDULER) != 0)
			r->policy = attr->policy == SCHED_OTHER ? SCHED_RR : attr->policy;
	}
	if ((attr->flags & POSIX_SPAWN_SETSIGDEF) != 0)
		r->sig_default = attr->sigdefault;
}

/* Bytes of the strings with their NULs; *count gets how many. */
static size_t
measure(char *const *list, uint32_t *count)
{
	size_t bytes = 0;

	*count = 0;
	for (; list[*count] != NULL && *count <= SKINK_ARG_COUNT_MAX; (*count)++)
		bytes += strlen(list[*count]) + 1;
	return bytes;
}

static char *
append(char *to, const void *from, size_t size)
{
	memcpy(to, from, size);
	return to + size;
}

/* The request's tail: segments, descriptors, the path where there are no segments, strings. */
static int
plan_tail(struct plan *p, char *const *argv, char *const *envp)
{
	size_t path_bytes = p->program.count == 0 ? strlen(p->path) + 1 : 0;
	struct proc_segment segments[PROGRAM_SEGMENTS_MAX];
	uint32_t argc, envc, fds = 0;
	size_t strings = measure(argv, &argc) + measure(envp, &envc) + strlen(p->files.cwd) + 1;
	char *to;

	if (argc + envc > SKINK_ARG_COUNT_MAX || strings > SKINK_ARGS_MAX)
		return E2BIG;
	for (unsigned i = 0; i < p->files.count; i++)
		fds += !p->files.files[i].cloexec;
	if (fds > PROC_FDS_MAX)
		return EMFILE;
	p->tail_bytes = p->program.count * sizeof(*segments) + fds * sizeof(struct proc_fd) +
	    path_bytes + strings;
	free(p->tail);
	p->tail = malloc(p->tail_bytes);
	if (p->tail == NULL)
		return ENOMEM;
	for (unsigned i = 0; i < p->program.count; i++) {
		const struct program_segment *s = &p->program.segments[i];

		segments[i] = (struct proc_segment){
		    .address = s->address,
		    .memory_bytes = s->memory_bytes,
		    .file_bytes = s->file_bytes,
		    .offset = s->offset,
		    .coid = s->file_bytes == 0 ? -1
			: p->object >= 0       ? p->object
					       : p->file,
		    .prot = s->prot,
		};
	}
	to = append(p->tail, segments, p->program.count * sizeof(*segments));
	for (unsigned i = 0; i < p->files.count; i++)
		if (!p->files.files[i].cloexec)
			to = append(to, &p->files.files[i].fd, sizeof(struct proc_fd));
	to = append(to, p->path, path_bytes);
	for (uint32_t i = 0; i < argc; i++)
		to = append(to, argv[i], strlen(argv[i]) + 1);
	for (uint32_t i = 0; i < envc; i++)
		to = append(to, envp[i], strlen(envp[i]) + 1);
	append(to, p->files.cwd, strlen(p->files.cwd) + 1);
	p->request.entry = p->program.entry;
	p->request.segment_count = (uint16_t)p->program.count;
	p->request.fd_count = (uint16_t)fds;
	p->request.argc = (uint16_t)argc;
	p->request.envc = (uint16_t)envc;
	p->request.string_bytes = (uint32_t)strings;
	p->request.path_bytes = (uint32_t)path_bytes;
	return 0;
}

static int
plan_send(struct plan *p, pid_t *pid)
{
	long r = procmgr_ask_tail(
	    PROC_SPAWN, &p->request, sizeof(p->request), p->tail, p->tail_bytes, NULL, 0);

	if (r < 0)
		return (int)-r;
	if (pid != NULL)
		*pid = (pid_t)r;
	return 0;
}

/* What is in the image is started by its path alone. EXDEV: it is not. */
static int
plan_try(struct plan *p, char *const *argv, char *const *envp, pid_t *pid)
{
	int error = EXDEV;

	if (strncmp(p->path, IMAGE, sizeof(IMAGE) - 1) == 0)
		error = plan_tail(p, argv, envp);
	return error != 0 ? error : plan_send(p, pid);
}

/* Its file is read here. */
static int
plan_read(struct plan *p, char *const *argv, char *const *envp, pid_t *pid)
{
	int error = plan_open(p);

	if (error == 0 && !is_procmgrs(p->file))
		error = plan_copy(p);
	if (error == 0)
		error = plan_tail(p, argv, envp);
	return error != 0 ? error : plan_send(p, pid);
}

static void
plan_end(struct plan *p)
{
	if (p->file >= 0)
		skink_connect_detach(p->file);
	if (p->object >= 0)
		skink_connect_detach(p->object);
	child_files_end(&p->files);
	free(p->tail);
	free(p);
}

static void
plan_name(struct plan *p, const char *path)
{
	const char *slash = strrchr(path, '/');

	strlcpy(p->request.name, slash == NULL ? path : slash + 1, sizeof(p->request.name));
}

int
posix_spawn(pid_t *restrict pid, const char *restrict path,
    const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *restrict attr,
    char *const argv[], char *const envp[])
{
	struct plan *p = malloc(sizeof(*p));
	char *const *environment = envp == NULL ? environ : envp;
	int error;

	if (p == NULL)
		return ENOMEM;
	p->request = (struct proc_spawn){.flags = 0};
	p->program.count = 0;
	p->files.count = p->files.spare_count = 0;
	p->file = p->object = -1;
	p->tail = NULL;
	plan_name(p, path);
	plan_attr(p, attr);
	error =
	    glue_error(share_work_out(attr == NULL ? 0 : attr->share_percent, p->request.quota));
	if (error == 0)
		error = child_files_begin(&p->files);
	if (error == 0)
		error = child_files_act(&p->files, actions);
	if (error == 0)
		error =
		    glue_error(glue_path_absolute(p->files.cwd, path, p->path, sizeof(p->path)));
	if (error == 0) {
		error = plan_try(p, argv, environment, pid);
		if (error == EXDEV)
			error = plan_read(p, argv, environment, pid);
	}
	plan_end(p);
	return error;
}

/* Each folder of PATH in turn; a file that is there but may not be run is remembered. */
int
posix_spawnp(pid_t *restrict pid, const char *restrict file,
    const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *restrict attr,
    char *const argv[], char *const envp[])
{
	const char *folders = getenv("PATH");
	int result = ENOENT;

	if (strchr(file, '/') != NULL)
		return posix_spawn(pid, file, actions, attr, argv, envp);
	if (*file == '\0')
		return ENOENT;
	if (folders == NULL)
		folders = DEFAULT_PATH;
	for (;;) {
		size_t n = strcspn(folders, ":");
		char path[GLUE_PATH_SIZE];
		int error = ENAMETOOLONG;

		if (n + 1 + strlen(file) < sizeof(path)) {
			memcpy(path, folders, n);
			strcpy(path + n, n > 0 ? "/" : "");
			strcat(path, file);
			error = posix_spawn(pid, path, actions, attr, argv, envp);
		}
		if (error == EACCES)
			result = EACCES;
		else if (error != ENOENT && error != ENOTDIR && error != ENAMETOOLONG)
			return error;
		if (folders[n] == '\0')
			return result;
		folders += n + 1;
	}
}
