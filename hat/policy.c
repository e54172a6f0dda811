/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c - the restart state machine. Owns its table and the arithmetic of the history; never
 * calls the system and never looks at a clock. */
#include "policy.h"

#include <stddef.h>

struct step {
	const struct policy_rule *rule;
	struct policy_entity *e;
	int32_t status;
	uint64_t now_ns;
};

typedef uint32_t transition(const struct step *s);

static uint32_t
enter(const struct step *s, enum ham_state state, uint32_t actions)
{
	s->e->state = state;
	s->e->deadline_ns = 0;
	return actions;
}

static uint32_t
fail(const struct step *s)
{
	uint32_t recent = policy_recent(s->rule, s->e, s->now_ns);
	uint32_t limit = s->rule->limit < POLICY_HISTORY ? s->rule->limit : POLICY_HISTORY;
	uint32_t cold = s->rule->cold_after < POLICY_HISTORY ? s->rule->cold_after : POLICY_HISTORY;

	if (s->rule->restart == SKINK_RESTART_NEVER || (limit != 0 && recent >= limit))
		return enter(s, HAM_GIVEN_UP,
		    POLICY_DO(ANNOUNCE) | POLICY_DO(TELL_GIVEN_UP) | POLICY_DO(TELL_DEPENDANTS) |
			(s->rule->critical ? POLICY_DO(RESET) : 0));
	enter(s, HAM_BACKING_OFF, 0);
	s->e->restarting = 1;
	s->e->cold = cold != 0 && recent + 1 >= cold;
	s->e->delay_ns = policy_delay(s->rule, recent);
	s->e->deadline_ns = s->now_ns + s->e->delay_ns;
	return POLICY_DO(LOG) | POLICY_DO(TELL_COMING_BACK);
}

static uint32_t
die(const struct step *s)
{
	if (s->status == 0 && s->rule->restart != SKINK_RESTART_ALWAYS)
		return enter(s, HAM_ENDED,
		    POLICY_DO(LOG) | POLICY_DO(TELL_GIVEN_UP) | POLICY_DO(TELL_DEPENDANTS));
	return fail(s);
}

static uint32_t
begin(const struct step *s)
{
	s->e->history_count = 0;
	s->e->restarting = 0;
	s->e->cold = 0;
	s->e->delay_ns = 0;
	return enter(s, HAM_WAITING, 0);
}

static uint32_t
wait(const struct step *s)
{
	return enter(s, HAM_WAITING, 0);
}

static uint32_t
start(const struct step *s)
{
	struct policy_entity *e = s->e;
	bool cold = e->cold != 0;

	if (e->restarting)
		e->history_ns[e->history_count++ % POLICY_HISTORY] = s->now_ns;
	e->restarting = 0;
	e->cold = 0;
	enter(s, cold ? HAM_COLD_STARTING : HAM_STARTING, 0);
	if (s->rule->start_limit_ns != 0)
		e->deadline_ns = s->now_ns + s->rule->start_limit_ns;
	return POLICY_DO(SPAWN) | (cold ? POLICY_DO(LOG) | POLICY_DO(TELL_COLD) : 0);
}

static uint32_t
run(const struct step *s)
{
	return enter(s, HAM_RUNNING, POLICY_DO(TELL_DEPENDANTS));
}

static uint32_t
miss(const struct step *s)
{
	return enter(
	    s, HAM_ABSENT, POLICY_DO(LOG) | POLICY_DO(TELL_GIVEN_UP) | POLICY_DO(TELL_DEPENDANTS));
}

static uint32_t
kill_hung(const struct step *s)
{
	return enter(s, HAM_KILLING, POLICY_DO(LOG) | POLICY_DO(KILL));
}

static uint32_t
kill_to_restart(const struct step *s)
{
	return enter(s, HAM_RESTARTING, POLICY_DO(KILL));
}

static uint32_t
kill_to_stop(const struct step *s)
{
	return enter(s, HAM_STOPPING, POLICY_DO(KILL));
}

static uint32_t
restart_after_kill(const struct step *s)
{
	return enter(s, HAM_RESTARTING, 0);
}

static uint32_t
stop_after_kill(const struct step *s)
{
	return enter(s, HAM_STOPPING, 0);
}

static uint32_t
wait_after_kill(const struct step *s)
{
	return enter(s, HAM_WAITING, POLICY_DO(TELL_COMING_BACK));
}

static uint32_t
stop(const struct step *s)
{
	return enter(s, HAM_STOPPED, POLICY_DO(TELL_GIVEN_UP) | POLICY_DO(TELL_DEPENDANTS));
}

#define SETTLED_ROW \
	{ \
		[POLICY_START] = begin, [POLICY_RESTART] = begin, \
	}
#define STARTING_ROW \
	{ \
		[POLICY_UP] = run, [POLICY_TIMER] = kill_hung, [POLICY_HUNG] = kill_hung, \
		[POLICY_REFUSED] = fail, [POLICY_MISSING] = miss, [POLICY_DIED] = die, \
		[POLICY_STOP] = kill_to_stop, [POLICY_RESTART] = kill_to_restart, \
	}

static transition *const transitions[HAM_STATE_COUNT][POLICY_EVENT_COUNT] = {
    [HAM_STOPPED] = SETTLED_ROW,
    [HAM_ENDED] = SETTLED_ROW,
    [HAM_GIVEN_UP] = SETTLED_ROW,
    [HAM_ABSENT] = SETTLED_ROW,
    [HAM_WAITING] = {[POLICY_SETTLED] = start, [POLICY_STOP] = stop},
    [HAM_STARTING] = STARTING_ROW,
    [HAM_COLD_STARTING] = STARTING_ROW,
    [HAM_RUNNING] = {[POLICY_DIED] = die,
	[POLICY_HUNG] = kill_hung,
	[POLICY_STOP] = kill_to_stop,
	[POLICY_RESTART] = kill_to_restart},
    [HAM_KILLING] = {[POLICY_DIED] = fail, [POLICY_STOP] = stop_after_kill},
    [HAM_RESTARTING] = {[POLICY_DIED] = wait_after_kill, [POLICY_STOP] = stop_after_kill},
    [HAM_STOPPING] = {[POLICY_DIED] = stop,
	[POLICY_START] = restart_after_kill,
	[POLICY_RESTART] = restart_after_kill},
    [HAM_BACKING_OFF] = {[POLICY_TIMER] = wait,
	[POLICY_START] = wait,
	[POLICY_RESTART] = wait,
	[POLICY_STOP] = stop},
};

uint32_t
policy_step(const struct policy_rule *rule, struct policy_entity *e, enum policy_event event,
    int32_t status, uint64_t now_ns)
{
	struct step s = {.rule = rule, .e = e, .status = status, .now_ns = now_ns};
	transition *t = transitions[e->state][event];

	return t == NULL ? 0 : t(&s);
}

uint32_t
policy_recent(const struct policy_rule *rule, const struct policy_entity *e, uint64_t now_ns)
{
	uint32_t kept = e->history_count < POLICY_HISTORY ? e->history_count : POLICY_HISTORY;
	uint32_t recent = 0;

	for (uint32_t i = 0; i < kept; i++) /* <= POLICY_HISTORY */
		recent += rule->window_ns == 0 || now_ns - e->history_ns[i] < rule->window_ns;
	return recent;
}

uint64_t
policy_delay(const struct policy_rule *rule, uint32_t recent)
{
	uint64_t delay_ns = rule->delay_ns;

	for (uint32_t i = 0; i < recent; i++) { /* <= POLICY_HISTORY */
		if (delay_ns >= rule->delay_max_ns / rule->backoff_percent * 100)
			return rule->delay_max_ns;
		delay_ns = delay_ns * rule->backoff_percent / 100;
	}
	return delay_ns < rule->delay_max_ns ? delay_ns : rule->delay_max_ns;
}

bool
policy_state_has_process(uint32_t state)
{
	static const bool has[] = {
#define STATE_PROCESS(name, process) [HAM_##name] = process,
	    HAM_STATES(STATE_PROCESS)
#undef STATE_PROCESS
	};

	return state < HAM_STATE_COUNT && has[state];
}

bool
policy_state_is_settled(uint32_t state)
{
	return state == HAM_RUNNING || state == HAM_STOPPED || state == HAM_ENDED ||
	    state == HAM_GIVEN_UP || state == HAM_ABSENT;
}

const char *
policy_state_name(uint32_t state)
{
	static const char *const names[] = {
#define STATE_NAME(name, process) #name,
	    HAM_STATES(STATE_NAME)
#undef STATE_NAME
	};

	return state < HAM_STATE_COUNT ? names[state] : "?";
}

const char *
policy_event_name(uint32_t event)
{
	static const char *const names[] = {
#define EVENT_NAME(name) #name,
	    POLICY_EVENTS(EVENT_NAME)
#undef EVENT_NAME
	};

	return event < POLICY_EVENT_COUNT ? names[event] : "?";
}
