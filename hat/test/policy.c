/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c - tests of the restart state machine with a fake clock: each row of docs/ham.md's table,
 * then random lives of a small system checked against the promises. Never calls the system. */
#include <stdlib.h>

#include <test.h>

#include "policy.h"

#define MS     1000000ull
#define SECOND (1000 * MS)

static const struct policy_rule plain = {
    .restart = SKINK_RESTART_ON_FAILURE,
    .delay_ns = 10 * MS,
    .delay_max_ns = 100 * MS,
    .window_ns = 60 * SECOND,
    .backoff_percent = 200,
    .limit = 5,
    .cold_after = 3,
    .start_limit_ns = SECOND,
};

/* An entity in `state`, with `recent` restarts just made. */
static struct policy_entity
entity_in(enum ham_state state, uint32_t recent, uint64_t now_ns)
{
	struct policy_entity e = {.state = state, .history_count = recent};

	for (uint32_t i = 0; i < recent && i < POLICY_HISTORY; i++)
		e.history_ns[i] = now_ns;
	return e;
}

static const uint64_t now = 1000 * SECOND;
static const int32_t killed = 9;

static void
test_policy_boot_when_ordered(void)
{
	struct policy_entity e = entity_in(HAM_STOPPED, 0, now);

	CHECK_EQ(policy_step(&plain, &e, POLICY_START, 0, now), 0);
	CHECK_EQ(e.state, HAM_WAITING);
	CHECK_EQ(policy_step(&plain, &e, POLICY_SETTLED, 0, now), POLICY_DO(SPAWN));
	CHECK_EQ(e.state, HAM_STARTING);
	CHECK_EQ(e.deadline_ns, now + SECOND);
	CHECK_EQ(policy_step(&plain, &e, POLICY_UP, 0, now), POLICY_DO(TELL_DEPENDANTS));
	CHECK_EQ(e.state, HAM_RUNNING);
	CHECK_EQ(e.deadline_ns, 0);
	CHECK_EQ(e.history_count, 0);
}

static void
test_policy_failure_when_history_allows(void)
{
	struct policy_entity e = entity_in(HAM_RUNNING, 0, now);

	CHECK_EQ(policy_step(&plain, &e, POLICY_DIED, killed, now),
	    POLICY_DO(LOG) | POLICY_DO(TELL_COMING_BACK));
	CHECK_EQ(e.state, HAM_BACKING_OFF);
	CHECK_EQ(e.deadline_ns, now + 10 * MS);
	CHECK_EQ(policy_step(&plain, &e, POLICY_TIMER, 0, now + 10 * MS), 0);
	CHECK_EQ(e.state, HAM_WAITING);
	CHECK_EQ(policy_step(&plain, &e, POLICY_SETTLED, 0, now + 10 * MS), POLICY_DO(SPAWN));
	CHECK_EQ(e.state, HAM_STARTING);
	CHECK_EQ(policy_recent(&plain, &e, now + 10 * MS), 1);
	CHECK_EQ(policy_recent(&plain, &e, now + 10 * MS + 60 * SECOND), 0);
}

static void
test_policy_delay_when_series_grows(void)
{
	CHECK_EQ(policy_delay(&plain, 0), 10 * MS);
	CHECK_EQ(policy_delay(&plain, 1), 20 * MS);
	CHECK_EQ(policy_delay(&plain, 3), 80 * MS);
	CHECK_EQ(policy_delay(&plain, 4), 100 * MS);
	CHECK_EQ(policy_delay(&plain, 31), 100 * MS);
}

static void
test_policy_cold_when_third_restart(void)
{
	struct policy_entity e = entity_in(HAM_RUNNING, 2, now);

	policy_step(&plain, &e, POLICY_DIED, killed, now);
	CHECK_EQ(e.cold, 1);
	policy_step(&plain, &e, POLICY_TIMER, 0, now);
	CHECK_EQ(policy_step(&plain, &e, POLICY_SETTLED, 0, now),
	    POLICY_DO(SPAWN) | POLICY_DO(TELL_COLD) | POLICY_DO(LOG));
	CHECK_EQ(e.state, HAM_COLD_STARTING);
	CHECK_EQ(e.cold, 0);
	e = entity_in(HAM_RUNNING, 1, now);
	policy_step(&plain, &e, POLICY_DIED, killed, now);
	CHECK_EQ(e.cold, 0);
}

static void
test_policy_gives_up_when_limit_reached(void)
{
	struct policy_entity e = entity_in(HAM_RUNNING, 5, now);
	struct policy_rule critical = plain;

	CHECK_EQ(policy_step(&plain, &e, POLICY_DIED, killed, now),
	    POLICY_DO(ANNOUNCE) | POLICY_DO(TELL_GIVEN_UP) | POLICY_DO(TELL_DEPENDANTS));
	CHECK_EQ(e.state, HAM_GIVEN_UP);
	CHECK_EQ(policy_step(&plain, &e, POLICY_DIED, killed, now), 0);
	CHECK_EQ(policy_step(&plain, &e, POLICY_TIMER, 0, now), 0);
	critical.critical = true;
	e = entity_in(HAM_STARTING, 5, now);
	CHECK(policy_step(&critical, &e, POLICY_REFUSED, 0, now) & POLICY_DO(RESET));
	CHECK_EQ(policy_step(&plain, &e, POLICY_START, 0, now), 0);
	CHECK_EQ(e.state, HAM_WAITING);
	CHECK_EQ(e.history_count, 0);
}

static void
test_policy_end_when_status_is_zero(void)
{
	struct policy_entity e = entity_in(HAM_RUNNING, 0, now);
	struct policy_rule always = plain;
	struct policy_rule never = plain;

	CHECK_EQ(policy_step(&plain, &e, POLICY_DIED, 0, now),
	    POLICY_DO(LOG) | POLICY_DO(TELL_GIVEN_UP) | POLICY_DO(TELL_DEPENDANTS));
	CHECK_EQ(e.state, HAM_ENDED);
	always.restart = SKINK_RESTART_ALWAYS;
	e = entity_in(HAM_RUNNING, 0, now);
	policy_step(&always, &e, POLICY_DIED, 0, now);
	CHECK_EQ(e.state, HAM_BACKING_OFF);
	never.restart = SKINK_RESTART_NEVER;
	e = entity_in(HAM_RUNNING, 0, now);
	policy_step(&never, &e, POLICY_DIED, 0, now);
	CHECK_EQ(e.state, HAM_ENDED);
	e = entity_in(HAM_RUNNING, 0, now);
	CHECK(policy_step(&never, &e, POLICY_DIED, 1 << 8, now) & POLICY_DO(ANNOUNCE));
	CHECK_EQ(e.state, HAM_GIVEN_UP);
}

static void
test_policy_kills_when_silent(void)
{
	struct policy_entity e = entity_in(HAM_RUNNING, 0, now);

	CHECK_EQ(policy_step(&plain, &e, POLICY_HUNG, 0, now), POLICY_DO(LOG) | POLICY_DO(KILL));
	CHECK_EQ(e.state, HAM_KILLING);
	CHECK_EQ(policy_step(&plain, &e, POLICY_HUNG, 0, now), 0);
	policy_step(&plain, &e, POLICY_DIED, 0, now);
	CHECK_EQ(e.state, HAM_BACKING_OFF);
	e = entity_in(HAM_COLD_STARTING, 0, now);
	CHECK_EQ(policy_step(&plain, &e, POLICY_TIMER, 0, now), POLICY_DO(LOG) | POLICY_DO(KILL));
	CHECK_EQ(e.state, HAM_KILLING);
}

static void
test_policy_obeys_when_commanded(void)
{
	struct policy_entity e = entity_in(HAM_RUNNING, 3, now);

	CHECK_EQ(policy_step(&plain, &e, POLICY_RESTART, 0, now), POLICY_DO(KILL));
	CHECK_EQ(e.state, HAM_RESTARTING);
	CHECK_EQ(policy_step(&plain, &e, POLICY_DIED, killed, now), POLICY_DO(TELL_COMING_BACK));
	CHECK_EQ(e.state, HAM_WAITING);
	CHECK_EQ(e.history_count, 3);
	policy_step(&plain, &e, POLICY_SETTLED, 0, now);
	CHECK_EQ(e.state, HAM_STARTING);
	CHECK_EQ(e.history_count, 3);
	CHECK_EQ(policy_step(&plain, &e, POLICY_STOP, 0, now), POLICY_DO(KILL));
	CHECK_EQ(e.state, HAM_STOPPING);
	CHECK_EQ(policy_step(&plain, &e, POLICY_START, 0, now), 0);
	CHECK_EQ(e.state, HAM_RESTARTING);
	CHECK_EQ(policy_step(&plain, &e, POLICY_STOP, 0, now), 0);
	CHECK_EQ(policy_step(&plain, &e, POLICY_DIED, killed, now),
	    POLICY_DO(TELL_GIVEN_UP) | POLICY_DO(TELL_DEPENDANTS));
	CHECK_EQ(e.state, HAM_STOPPED);
	e = entity_in(HAM_BACKING_OFF, 1, now);
	policy_step(&plain, &e, POLICY_STOP, 0, now);
	CHECK_EQ(e.state, HAM_STOPPED);
}

static void
test_policy_is_absent_when_device_missing(void)
{
	struct policy_entity e = entity_in(HAM_STARTING, 0, now);

	CHECK(policy_step(&plain, &e, POLICY_MISSING, 0, now) & POLICY_DO(TELL_GIVEN_UP));
	CHECK_EQ(e.state, HAM_ABSENT);
	CHECK(policy_state_is_settled(e.state));
}

/* ---- random lives ---- */

#define ENTITIES 6

static uint64_t random_state;

static uint32_t
draw(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 32) % below;
}

struct life {
	struct policy_rule rule;
	struct policy_entity e;
	unsigned after; /* entities with a lower number */
	bool process;
	uint64_t started_ns;
	uint64_t restarts_ns[4096]; /* the model's own history */
	uint32_t restart_count;
	uint32_t series_delay_count; /* restarts in the window at the last failure */
	uint64_t series_delay_ns;
	uint32_t announced, given_up;
	bool operator_killed;
	bool hung_killed;
};

static struct life lives[ENTITIES];
static uint64_t clock_ns;
static bool dependants_told;

static uint32_t
model_recent(const struct life *l)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < l->restart_count; i++)
		n += l->restarts_ns[i] + l->rule.window_ns > clock_ns;
	return n;
}

static void feed(struct life *l, enum policy_event event, int32_t status);

static bool
all_settled(const struct life *l)
{
	for (int i = 0; i < ENTITIES; i++) {
		if (l->after >> i & 1 && !policy_state_is_settled(lives[i].e.state))
			return false;
	}
	return true;
}

static void
check_failure(struct life *l, uint32_t recent)
{
	uint64_t delay_ns = l->e.deadline_ns - clock_ns;

	CHECK(delay_ns <= l->rule.delay_max_ns);
	CHECK(delay_ns >= l->rule.delay_ns);
	if (recent >= l->series_delay_count)
		CHECK(delay_ns >= l->series_delay_ns);
	l->series_delay_ns = delay_ns;
	l->series_delay_count = recent;
	CHECK_EQ(l->e.cold != 0, l->rule.cold_after != 0 && recent + 1 >= l->rule.cold_after);
	CHECK(l->rule.limit == 0 || recent < l->rule.limit);
}

static void
check_start(struct life *l, bool restart, bool cold, uint32_t actions)
{
	CHECK(!l->process);
	CHECK_EQ(l->e.state, cold ? HAM_COLD_STARTING : HAM_STARTING);
	CHECK_EQ((actions & POLICY_DO(TELL_COLD)) != 0, cold);
	if (restart) {
		CHECK(l->restart_count < 4096);
		l->restarts_ns[l->restart_count++] = clock_ns;
		CHECK(l->rule.limit == 0 || model_recent(l) <= l->rule.limit);
	}
	l->process = true;
	l->started_ns = clock_ns;
}

static void
feed(struct life *l, enum policy_event event, int32_t status)
{
	struct policy_entity before = l->e;
	uint32_t recent = model_recent(l);
	uint32_t actions = policy_step(&l->rule, &l->e, event, status, clock_ns);

	CHECK(l->e.state < HAM_STATE_COUNT);
	if (l->e.state == before.state)
		CHECK_EQ(actions & ~POLICY_DO(SPAWN), 0);
	if (event == POLICY_DIED || event == POLICY_REFUSED || event == POLICY_MISSING)
		l->process = false;
	if (actions & POLICY_DO(ANNOUNCE)) {
		l->announced++;
		CHECK_EQ(l->e.state, HAM_GIVEN_UP);
	}
	if (before.state != HAM_GIVEN_UP && l->e.state == HAM_GIVEN_UP) {
		l->given_up++;
		CHECK(l->rule.restart == SKINK_RESTART_NEVER || recent >= l->rule.limit);
	}
	CHECK_EQ(l->announced, l->given_up);
	/* Whoever turns settled, or leaves a process behind for good, tells those who come
	 * after it. */
	if (before.state != l->e.state && policy_state_is_settled(l->e.state) &&
	    before.state != HAM_WAITING && before.state != HAM_STOPPED)
		CHECK(actions & POLICY_DO(TELL_DEPENDANTS));
	dependants_told |= (actions & POLICY_DO(TELL_DEPENDANTS)) != 0;
	/* procmgr hears of every end of a process what becomes of the service's waiters. */
	if (event == POLICY_DIED && before.state != l->e.state)
		CHECK(actions & (POLICY_DO(TELL_COMING_BACK) | POLICY_DO(TELL_GIVEN_UP)));
	if (l->e.state == HAM_BACKING_OFF && before.state != HAM_BACKING_OFF)
		check_failure(l, recent);
	if (l->e.state == HAM_WAITING && policy_state_is_settled(before.state)) {
		l->restart_count = 0;
		l->series_delay_count = 0;
		l->series_delay_ns = 0;
	}
	if (actions & POLICY_DO(SPAWN))
		check_start(l, before.restarting, before.cold, actions);
	if (actions & POLICY_DO(KILL))
		CHECK(l->process);
	CHECK_EQ(policy_state_has_process(l->e.state), l->process);
}

static void
let_wait(void)
{
	for (int i = 0; i < ENTITIES; i++) {
		if (lives[i].e.state == HAM_WAITING && all_settled(&lives[i]))
			feed(&lives[i], POLICY_SETTLED, 0);
	}
}

static void
let_time_pass(void)
{
	clock_ns += draw(4) == 0 ? (uint64_t)draw(2000) * MS : (uint64_t)draw(50) * MS;
	for (int i = 0; i < ENTITIES; i++) {
		struct life *l = &lives[i];

		if (l->e.deadline_ns != 0 && l->e.deadline_ns <= clock_ns)
			feed(l, POLICY_TIMER, 0);
	}
}

/* What the world may do to an entity, deaths or not. */
static void
happen(struct life *l, bool deaths)
{
	bool starting = l->e.state == HAM_STARTING || l->e.state == HAM_COLD_STARTING;
	bool killed_by_ham =
	    l->e.state == HAM_KILLING || l->e.state == HAM_STOPPING || l->e.state == HAM_RESTARTING;

	if (killed_by_ham && draw(2) == 0) {
		feed(l, POLICY_DIED, killed);
		return;
	}
	if (starting && draw(2) == 0) {
		feed(l, POLICY_UP, 0);
		return;
	}
	if (!deaths)
		return;
	if (starting && l->started_ns == clock_ns && draw(8) == 0)
		feed(l, draw(4) == 0 ? POLICY_MISSING : POLICY_REFUSED, 0);
	else if (l->process && draw(3) == 0)
		feed(l, POLICY_DIED, draw(6) == 0 ? 0 : (int32_t)draw(3) == 0 ? 1 << 8 : killed);
	else if (l->process && draw(6) == 0)
		feed(l, POLICY_HUNG, 0);
	else if (draw(40) == 0)
		feed(l, (enum policy_event[]){POLICY_START, POLICY_STOP, POLICY_RESTART}[draw(3)],
		    0);
}

static void
give_birth(void)
{
	memset(lives, 0, sizeof(lives));
	clock_ns = SECOND;
	for (int i = 0; i < ENTITIES; i++) {
		struct life *l = &lives[i];

		l->rule = (struct policy_rule){
		    .restart = draw(3),
		    .backoff_percent = 100 + draw(200),
		    .limit = draw(12),
		    .cold_after = draw(6),
		    .delay_ns = draw(100) * MS,
		    .delay_max_ns = (100 + draw(1000)) * MS,
		    .window_ns = (1 + draw(20000)) * MS,
		    .start_limit_ns = draw(2) * draw(1000) * MS,
		    .critical = draw(2),
		};
		l->after = draw(1 << ENTITIES) & ((1u << i) - 1);
		l->e.state = HAM_STOPPED;
		feed(l, POLICY_START, 0);
	}
}

static void
live(uint64_t seed)
{
	random_state = seed * 0x9e3779b97f4a7c15ull | 1;
	give_birth();
	for (int n = 0; n < 400; n++) {
		let_wait();
		happen(&lives[draw(ENTITIES)], true);
		let_time_pass();
	}
	/* Deaths stop: whoever can come up does. */
	for (int n = 0; n < 2000; n++) {
		let_wait();
		for (int i = 0; i < ENTITIES; i++)
			happen(&lives[i], false);
		let_time_pass();
	}
	for (int i = 0; i < ENTITIES; i++)
		CHECK(policy_state_is_settled(lives[i].e.state));
	CHECK(dependants_told);
}

static void
test_policy_keeps_its_promises_when_life_is_random(void)
{
	const char *given = getenv("SEED");
	uint64_t first = given == NULL ? 1 : strtoull(given, NULL, 0);
	uint64_t count = given == NULL ? 3000 : 1;

	for (uint64_t seed = first; seed < first + count; seed++) {
		printf("SEED=%" PRIu64 "\n", seed);
		live(seed);
	}
}

static void
test_policy_table_when_every_event_comes(void)
{
	/* From any state, any event: a known state, and the answers that the type promises. */
	for (uint32_t state = 0; state < HAM_STATE_COUNT; state++) {
		for (int event = 0; event < POLICY_EVENT_COUNT; event++) {
			struct policy_entity e = entity_in(state, 2, now);

			policy_step(&plain, &e, event, killed, now);
			CHECK(e.state < HAM_STATE_COUNT);
			CHECK(strcmp(policy_state_name(e.state), "?") != 0);
			CHECK(strcmp(policy_event_name(event), "?") != 0);
		}
	}
	CHECK_STR(policy_state_name(HAM_STATE_COUNT), "?");
	CHECK_STR(policy_event_name(POLICY_EVENT_COUNT), "?");
}

TEST_MAIN(TEST(test_policy_boot_when_ordered), TEST(test_policy_failure_when_history_allows),
    TEST(test_policy_delay_when_series_grows), TEST(test_policy_cold_when_third_restart),
    TEST(test_policy_gives_up_when_limit_reached), TEST(test_policy_end_when_status_is_zero),
    TEST(test_policy_kills_when_silent), TEST(test_policy_obeys_when_commanded),
    TEST(test_policy_is_absent_when_device_missing), TEST(test_policy_table_when_every_event_comes),
    TEST(test_policy_keeps_its_promises_when_life_is_random))
