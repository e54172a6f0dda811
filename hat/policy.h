/* SPDX-License-Identifier: Apache-2.0 */
/* policy.h - what ham decides: one entity's state machine and restart history. Pure: no clock, no
 * system call, nothing but the arguments. docs/ham.md draws it. */
#ifndef HAM_POLICY_H
#define HAM_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include <skink/ham_msg.h>
#include <skink/manifest.h>

/* Restarts remembered for each entity; a limit or cold_after above it, which only a damaged
 * manifest has, acts as if it were this. */
#define POLICY_HISTORY SKINK_RESTARTS_MAX

#define POLICY_EVENTS(X) \
	X(START) /* boot, or an operator */ \
	X(STOP) /* an operator */ \
	X(RESTART) /* an operator */ \
	X(SETTLED) /* all that it comes after are settled */ \
	X(UP) /* it serves */ \
	X(REFUSED) /* its process could not be started */ \
	X(MISSING) /* the same: the board lacks its optional device */ \
	X(DIED) /* with a status */ \
	X(HUNG) /* silent with work waiting */ \
	X(TIMER) /* deadline_ns has passed */
enum policy_event {
#define POLICY_EVENT_ENUM(name) POLICY_##name,
	POLICY_EVENTS(POLICY_EVENT_ENUM)
#undef POLICY_EVENT_ENUM
	    POLICY_EVENT_COUNT
};

/* Actions, as bits of what is still to do. ham does them in this order. */
#define POLICY_ACTIONS(X) \
	X(LOG) /* a line about what happened */ \
	X(ANNOUNCE) /* the line that says it is given up */ \
	X(KILL) /* its process */ \
	X(TELL_COMING_BACK) /* to procmgr */ \
	X(TELL_GIVEN_UP) \
	X(TELL_COLD) \
	X(TELL_DEPENDANTS) /* those that come after it: look again whether all is settled */ \
	X(SPAWN) \
	X(RESET) /* the board */
enum policy_action {
#define POLICY_ACTION_ENUM(name) POLICY_BIT_##name,
	POLICY_ACTIONS(POLICY_ACTION_ENUM)
#undef POLICY_ACTION_ENUM
	    POLICY_ACTION_COUNT
};
#define POLICY_DO(name) (1u << POLICY_BIT_##name)

/* The part of a service's manifest entry that decides. */
struct policy_rule {
	uint32_t restart; /* enum skink_restart */
	uint32_t backoff_percent;
	uint32_t limit;
	uint32_t cold_after;
	uint64_t delay_ns;
	uint64_t delay_max_ns;
	uint64_t window_ns; /* 0: since boot */
	uint64_t start_limit_ns;
	bool critical;
};

/* What is remembered of an entity. Times are monotonic. */
struct policy_entity {
	uint32_t state; /* enum ham_state */
	uint32_t history_count; /* restarts noted so far, since the history was cleared */
	uint64_t deadline_ns; /* when TIMER is due; 0: never */
	uint64_t delay_ns; /* the last one chosen */
	uint32_t restarting; /* the next start counts as a restart */
	uint32_t cold; /* the next start is cold */
	uint64_t history_ns[POLICY_HISTORY]; /* ring: restart n at n % POLICY_HISTORY */
};

/* Takes one event; changes *e; returns the actions. `status` is the death's, for DIED. An event
 * that the state has no transition for changes nothing and returns 0. */
uint32_t policy_step(const struct policy_rule *rule, struct policy_entity *e,
    enum policy_event event, int32_t status, uint64_t now_ns);

/* Restarts inside the window that ends now; at most POLICY_HISTORY. */
uint32_t policy_recent(
    const struct policy_rule *rule, const struct policy_entity *e, uint64_t now_ns);

/* The delay before a restart when `recent` are in the window already. */
uint64_t policy_delay(const struct policy_rule *rule, uint32_t recent);

bool policy_state_has_process(uint32_t state);
bool policy_state_is_settled(uint32_t state);

const char *policy_state_name(uint32_t state);
const char *policy_event_name(uint32_t event);

#endif
