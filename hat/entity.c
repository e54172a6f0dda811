/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entity.c - ham's entities: what the manifest says of them, what is kept of them, and the doing of
 * what policy.c decides. A decision is committed with its actions before the first of them is done.
 * Never decides anything itself.
 */
#include "ham.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skink/calls.h>
#include <skink/errno.h>
#include <skink/image.h>
#include <skink/status.h>

#include "store.h"

/* How long the last words have to get out before the board is reset. */
#define RESET_GRACE_NS 200000000ull

/* A line is written when what it tells of has been seen to: its next instance should serve. */
#define LINE_DELAY_NS 300000ull

#define AUTORUN       "autorun"

struct kept_memory {
	uint64_t ham[STORE_BYTES(sizeof(struct ham_record)) / 8];
	uint64_t entities[SKINK_SERVICES_MAX][STORE_BYTES(sizeof(struct entity_record)) / 8];
};

static const struct skink_manifest *manifest;
static struct kept_memory *keep;
static struct ham_record ham;
static struct entity entities[SKINK_SERVICES_MAX];
static uint32_t count;
static const char *session_program; /* NULL: the manifest's */
static uint64_t lines_due_ns; /* when lines that are owed to the log are written */

/* ---- records ---- */

static void
commit(struct entity *e)
{
	e->changed = false;
	store_commit(keep->entities[e->service - 1], &e->kept, sizeof(e->kept));
}

static void
commit_ham(void)
{
	store_commit(keep->ham, &ham, sizeof(ham));
}

/* ---- words for the log ---- */

static const char *
status_text(int32_t status, char *text, size_t size)
{
	static const char *const causes[] = {
#define CAUSE_TEXT(name, number, sig, words) [number] = words,
	    SKINK_CAUSES(CAUSE_TEXT)
#undef CAUSE_TEXT
	};
	unsigned cause = SKINK_STATUS_CAUSE((unsigned)status);

	if (SKINK_STATUS_SIGNO(status) == 0)
		snprintf(text, size, "exit %d", SKINK_STATUS_CODE(status));
	else if (cause != 0 && cause < sizeof(causes) / sizeof(causes[0]))
		snprintf(text, size, "%s fault", causes[cause]);
	else
		snprintf(text, size, "signal %d", SKINK_STATUS_SIGNO(status));
	return text;
}

static int32_t
end_of(const struct entity *e)
{
	return e->kept.last_error != 0 ? -e->kept.last_error : e->kept.last_status;
}

static const char *
end_text(int32_t end, char *text, size_t size)
{
	if (end >= 0)
		return status_text(end, text, size);
	snprintf(text, size, "not started, error %d", -end);
	return text;
}

/* Writes the line that is owed of e, if there is one. */
static void
write_line(struct entity *e)
{
	const struct entity_line *l = &e->kept.line;
	char text[40];

	switch (l->state) {
	case HAM_BACKING_OFF:
		proc_log("%s ended: %s; %s start in %d ms, restart %u of %u", e->name,
		    end_text(l->end, text, sizeof(text)), l->cold ? "cold" : "warm", l->value,
		    l->recent + 1u, e->rule.limit);
		break;
	case HAM_KILLING:
		proc_log("%s[%d] is hung: killed", e->name, l->value);
		break;
	case HAM_COLD_STARTING:
		proc_log("%s starts cold", e->name);
		break;
	case HAM_ENDED:
		proc_log("%s ended: %s", e->name, end_text(l->end, text, sizeof(text)));
		break;
	case HAM_ABSENT:
		proc_log("%s is left out: this board lacks its device", e->name);
		break;
	default:
		return;
	}
	e->kept.line.state = HAM_STOPPED;
	e->changed = true;
}

static void
announce(const struct entity *e)
{
	char text[40];

	proc_log("gave up %s after %u restarts in %llu s, last death: %s", e->name,
	    policy_recent(&e->rule, &e->kept.policy, now_ns()),
	    (unsigned long long)(e->rule.window_ns / 1000000000),
	    end_text(end_of(e), text, sizeof(text)));
}

static void
write_lines(void)
{
	for (uint32_t i = 0; i < count; i++)
		write_line(&entities[i]);
	lines_due_ns = UINT64_MAX;
}

/* ---- actions ---- */

static void
tell(const struct entity *e, enum proc_service_state state)
{
	long error = proc_service_state(e->service, state);

	if (error < 0)
		proc_log("%s: procmgr refuses state=%d error=%ld", e->name, state, -error);
}

/* Clients wait for what comes next, and nobody for the log. */
static void
do_LOG(struct entity *e)
{
	const struct policy_entity *p = &e->kept.policy;
	uint64_t now = now_ns();

	write_line(e);
	e->kept.line = (struct entity_line){
	    .state = (uint8_t)p->state,
	    .cold = p->cold != 0,
	    .recent = (uint16_t)policy_recent(&e->rule, p, now),
	    .end = end_of(e),
	    .value = p->state == HAM_KILLING ? e->kept.pid : (int32_t)(p->delay_ns / 1000000),
	};
	if (lines_due_ns == UINT64_MAX)
		lines_due_ns = now + LINE_DELAY_NS;
}

static void
do_ANNOUNCE(struct entity *e)
{
	write_line(e);
	announce(e);
}

static void
do_KILL(struct entity *e)
{
	/* ESRCH: it was faster; its death is in the ring. */
	if (e->kept.pid > 0)
		proc_kill(e->kept.pid);
}

static void
do_TELL_COMING_BACK(struct entity *e)
{
	tell(e, PROC_SERVICE_COMING_BACK);
}

static void
do_TELL_GIVEN_UP(struct entity *e)
{
	tell(e, PROC_SERVICE_GIVEN_UP);
}

static void
do_TELL_COLD(struct entity *e)
{
	tell(e, PROC_SERVICE_COLD);
}

static void
do_TELL_DEPENDANTS(struct entity *e)
{
	if (e->kept.policy.state == HAM_RUNNING)
		return; /* entities_settle looks at them all the same */
	for (uint32_t i = 0; i < count; i++) {
		if (entities[i].entry->after >> e->service & 1)
			proc_log("%s goes on without %s", entities[i].name, e->name);
	}
}

static void
take_process(struct entity *e, int pid)
{
	e->kept.pid = pid;
	e->kept.started_ns = now_ns();
	e->kept.last_error = 0;
	watch_start(e->kept.restarts > 0);
}

static void
do_SPAWN(struct entity *e)
{
	long pid = start_service(manifest, e->service, session_program);
	struct proc_service_info info;

	/* An earlier instance of ham has started it and could not note that any more. */
	if (pid == -SK_EBUSY && proc_service_info(e->service, &info) >= 0 && info.pid != 0)
		pid = info.pid;
	if (pid > 0) {
		take_process(e, (int)pid);
		if (e->entry->paths.count == 0)
			entity_feed(e, POLICY_UP, 0);
		return;
	}
	e->kept.last_error = (int32_t)-pid;
	entity_feed(e, pid == -SK_ENODEV ? POLICY_MISSING : POLICY_REFUSED, 0);
}

static void
do_RESET(struct entity *e)
{
	write_lines();
	proc_log("reset: %s is critical", e->name);
	skink_thread_sleep(SKINK_CLOCK_MONOTONIC, 0, RESET_GRACE_NS);
	proc_reset(1);
}

static void (*const actions[])(struct entity *e) = {
#define ACTION(name) [POLICY_BIT_##name] = do_##name,
    POLICY_ACTIONS(ACTION)
#undef ACTION
};

/* Does the lowest action of e's todo and strikes it off. What it feeds may add to todo. That it has
 * been done is kept with the next decision, or before ham waits: it can be done twice. */
static void
act(struct entity *e)
{
	int bit = __builtin_ctz(e->kept.todo);

	e->kept.todo &= ~(1u << bit);
	actions[bit](e);
	e->changed = true;
}

/* ---- events ---- */

void
entity_feed(struct entity *e, enum policy_event event, int32_t status)
{
	struct policy_entity before;
	uint32_t more, state;
	bool restart;

	/* What the state asked for is done before the state changes again. */
	while (e->kept.todo != 0)
		act(e);
	before = e->kept.policy;
	restart = before.restarting != 0;
	more = policy_step(&e->rule, &e->kept.policy, event, status, now_ns());
	state = e->kept.policy.state;
	if (state == before.state && more == 0)
		return;
	e->kept.todo |= more;
	if (!policy_state_has_process(state) && policy_state_has_process(before.state)) {
		e->kept.pid = 0;
		e->kept.started_ns = 0;
	}
	if (event == POLICY_DIED) {
		e->kept.last_status = status;
		e->kept.last_error = 0;
		e->kept.deaths++;
	}
	if (more & POLICY_DO(SPAWN)) {
		e->kept.restarts += restart;
		e->kept.colds += state == HAM_COLD_STARTING;
	}
	/* That a delay has passed is found again by whoever does not know it. */
	if (event == POLICY_TIMER && more == 0)
		e->changed = true;
	else
		commit(e);
}

bool
entity_is_settled(const struct entity *e)
{
	return (e->entry->flags & SKINK_SERVICE_BOOT) != 0 ||
	    policy_state_is_settled(e->kept.policy.state);
}

static bool
is_free_to_start(const struct entity *e)
{
	for (uint32_t i = 0; i < count; i++) {
		if ((e->entry->after >> entities[i].service & 1) &&
		    !entity_is_settled(&entities[i]))
			return false;
	}
	return true;
}

/* One pass; true while it found something to do. */
static bool
settle_once(void)
{
	bool busy = false;

	for (uint32_t i = 0; i < count; i++) {
		struct entity *e = &entities[i];

		if (e->kept.todo != 0)
			act(e);
		else if (e->kept.policy.state == HAM_WAITING && is_free_to_start(e))
			entity_feed(e, POLICY_SETTLED, 0);
		else
			continue;
		busy = true;
	}
	return busy;
}

bool
entities_settle(void)
{
	bool busy = false;

	while (settle_once())
		busy = true;
	for (uint32_t i = 0; i < count; i++) {
		if (entities[i].changed)
			commit(&entities[i]);
	}
	return busy;
}

uint64_t
entities_run_timers(uint64_t now)
{
	uint64_t next_ns;

	if (lines_due_ns <= now)
		write_lines();
	next_ns = lines_due_ns;
	for (uint32_t i = 0; i < count; i++) {
		struct entity *e = &entities[i];
		uint64_t due_ns = e->kept.policy.deadline_ns;

		if (due_ns != 0 && due_ns <= now)
			entity_feed(e, POLICY_TIMER, 0);
		due_ns = e->kept.policy.deadline_ns;
		if (due_ns != 0 && due_ns < next_ns)
			next_ns = due_ns;
	}
	return next_ns;
}

/* A process that ham believes to live is asked after: its death may have been overwritten in the
 * ring, or never noted by an earlier ham. */
static void
check_process(struct entity *e)
{
	struct proc_service_info info;

	if (!policy_state_has_process(e->kept.policy.state) || (e->kept.todo & POLICY_DO(SPAWN)))
		return;
	if (proc_service_info(e->service, &info) < 0)
		return;
	if (info.state == PROC_SERVICE_RUNNING && info.pid == e->kept.pid)
		return;
	if (info.state == PROC_SERVICE_RUNNING)
		take_process(e, info.pid);
	else
		entity_feed(e, POLICY_DIED, info.status);
}

static void
check_processes(void)
{
	for (uint32_t i = 0; i < count; i++) {
		if (!(entities[i].entry->flags & SKINK_SERVICE_BOOT))
			check_process(&entities[i]);
	}
}

/*
 * Whose death it is. An earlier ham may have started a process that it could not note any more: the
 * death of a service whose start is still to be done is that start's.
 */
static struct entity *
entity_of_death(const struct proc_death *death)
{
	struct entity *e = entity_of_pid(death->pid);

	if (e != NULL)
		return e;
	e = entity_at(death->service);
	if (e == NULL || !(e->kept.todo & POLICY_DO(SPAWN)))
		return NULL;
	e->kept.todo &= ~POLICY_DO(SPAWN);
	return e;
}

void
entities_read_deaths(void)
{
	struct proc_death death;
	struct entity *e;
	bool missed = false;
	long more;

	do {
		more = proc_death_read(ham.death_number, &death);
		/* That of one which is not settled yet will be told. */
		if (more < 0 || !death.settled)
			break;
		e = entity_of_death(&death);
		missed |= death.number != ham.death_number + 1;
		if (e != NULL)
			entity_feed(e, POLICY_DIED, death.status);
		ham.death_number = death.number;
		commit_ham();
	} while (more > 0);
	if (missed)
		check_processes();
}

/* ---- looking ---- */

uint32_t
entity_count(void)
{
	return count;
}

struct entity *
entity_at(uint32_t service)
{
	return service >= 1 && service <= count ? &entities[service - 1] : NULL;
}

struct entity *
entity_named(const char *name)
{
	for (uint32_t i = 0; i < count; i++) {
		if (strcmp(entities[i].name, name) == 0)
			return &entities[i];
	}
	return NULL;
}

struct entity *
entity_of_pid(int pid)
{
	for (uint32_t i = 0; i < count; i++) {
		if (pid != 0 && entities[i].kept.pid == pid)
			return &entities[i];
	}
	return NULL;
}

void
entity_describe(const struct entity *e, uint64_t now, struct ham_entity_info *info)
{
	*info = (struct ham_entity_info){
	    .number = e->service,
	    .state = e->kept.policy.state,
	    .pid = e->kept.pid,
	    .restarts = e->kept.restarts,
	    .recent = policy_recent(&e->rule, &e->kept.policy, now),
	    .colds = e->kept.colds,
	    .deaths = e->kept.deaths,
	    .last_status = e->kept.last_status,
	    .started_ns = e->kept.started_ns,
	    .deadline_ns = e->kept.policy.deadline_ns,
	};
	snprintf(info->name, sizeof(info->name), "%s", e->name);
}

const struct ham_record *
ham_kept(void)
{
	return &ham;
}

void
ham_count_hung(void)
{
	ham.hung++;
	commit_ham();
}

/* ---- opening ---- */

static struct policy_rule
rule_of(const struct skink_service *s)
{
	return (struct policy_rule){
	    .restart = s->restart,
	    .backoff_percent = s->backoff_percent < 100 ? 100 : s->backoff_percent,
	    .limit = s->limit,
	    .cold_after = s->cold_after,
	    .delay_ns = s->delay_ns,
	    .delay_max_ns = s->delay_max_ns,
	    .window_ns = s->window_ns,
	    .start_limit_ns = s->paths.count == 0 ? 0 : s->start_limit_ns,
	    .critical = (s->flags & SKINK_SERVICE_CRITICAL) != 0,
	};
}

/* ham itself, or an entity of which nothing is kept: what procmgr knows is taken over. */
static void
adopt(struct entity *e, int own_pid)
{
	struct proc_service_info info = {0};

	if (e->entry->flags & SKINK_SERVICE_BOOT) {
		e->kept.policy.state = HAM_RUNNING;
		e->kept.pid = own_pid;
		e->kept.restarts = ham.instance - 1;
		e->kept.deaths = ham.instance - 1;
		if (proc_service_info(e->service, &info) >= 0) {
			e->kept.started_ns = info.started_ns;
			e->kept.last_status = info.status;
		}
		return;
	}
	e->kept = (struct entity_record){.policy.state = HAM_STOPPED};
	if (proc_service_info(e->service, &info) >= 0 && info.state == PROC_SERVICE_RUNNING) {
		e->kept.policy.state = HAM_STARTING;
		take_process(e, info.pid);
		e->kept.started_ns = info.started_ns;
		commit(e);
	} else if (!(e->entry->flags & SKINK_SERVICE_MANUAL)) {
		entity_feed(e, POLICY_START, 0);
	}
}

/* A boot from the host runs its command in the place of the shell, once: it must not run again. The
 * host that waits for its end is told of a failure by the machine's stop. */
static void
find_session_program(void)
{
	char mode[4] = "";
	int fd = open("/proc/boot/" SKINK_COMMAND_FILE, O_RDONLY);

	if (fd < 0)
		return;
	if (read(fd, mode, sizeof(mode)) < 0)
		mode[0] = '\0';
	close(fd);
	session_program = AUTORUN;
	for (uint32_t i = 0; i < count; i++) {
		if (!(entities[i].entry->flags & SKINK_SERVICE_SESSION))
			continue;
		entities[i].rule.restart = SKINK_RESTART_NEVER;
		entities[i].rule.critical = memcmp(mode, "exec", sizeof(mode)) == 0;
	}
}

static void
open_keep(void)
{
	struct proc_keep_reply reply;
	long error = proc_keep_open("entities", sizeof(struct kept_memory), &reply);

	if (error >= 0) {
		keep = (struct kept_memory *)reply.address;
		return;
	}
	proc_log("no keep memory error=%ld: a death of mine would lose the history", -error);
	keep = calloc(1, sizeof(*keep));
	if (keep == NULL)
		abort();
}

void
entities_open(const struct skink_manifest *m, int own_pid)
{
	const struct skink_service *services = skink_manifest_services(m);
	bool known;

	manifest = m;
	lines_due_ns = 0; /* those of an earlier ham */
	count = m->services.count < SKINK_SERVICES_MAX ? m->services.count : SKINK_SERVICES_MAX;
	for (uint32_t i = 0; i < count; i++) {
		entities[i].service = i + 1;
		entities[i].entry = &services[i];
		entities[i].name = skink_manifest_string(m, services[i].name);
		entities[i].rule = rule_of(&services[i]);
	}
	find_session_program();
	open_keep();
	known = store_read(keep->ham, &ham, sizeof(ham)) && ham.entities == count;
	if (!known)
		ham = (struct ham_record){.entities = count};
	ham.instance++;
	commit_ham();
	for (uint32_t i = 0; i < count; i++) {
		struct entity *e = &entities[i];

		if (!store_read(keep->entities[i], &e->kept, sizeof(e->kept)) || !known ||
		    (e->entry->flags & SKINK_SERVICE_BOOT))
			adopt(e, own_pid);
	}
	entities_read_deaths();
	/* What an earlier ham had decided comes before anything new. */
	entities_settle();
	check_processes();
}
