/* SPDX-License-Identifier: Apache-2.0 */
/* sporadic.c - SCHED_SPORADIC: budgets, who pays from which, and when they come back. Owns
 * t->sporadic and t->payer; changes effective priorities only by asking sched.c to look.
 *
 * left + what is pending is the budget, always. What an activation has used comes back, as one
 * replenishment, a period after the activation began.
 */
#include "nucleus.h"

bool
sporadic_is_good(const struct skink_sched *sched)
{
	const struct skink_sporadic *s = &sched->sporadic;

	return sched->policy == SKINK_SCHED_SPORADIC && s->low_priority >= 1 &&
	    s->low_priority <= sched->priority && s->max_repl >= 1 &&
	    s->max_repl <= SKINK_SS_REPL_MAX && s->budget_ns >= SKINK_SS_BUDGET_MIN_NS &&
	    s->budget_ns <= s->period_ns && s->period_ns < SKINK_NS_MAX;
}

static void
arm(struct thread *t)
{
	struct sporadic *s = &t->sporadic;

	if (s->count > 0)
		timer_arm(&s->node, s->pending[s->first].ns, t->priority);
}

/* Out of its budget, or back. */
static void
set_out(struct thread *t, bool out)
{
	struct sporadic *s = &t->sporadic;

	s->out = out;
	s->open = false;
	priority_look(t);
}

/* What the running thread has used until now is charged by the rules until now. */
static void
settle(void)
{
	struct hart *h = hart_self();

	if (h->current != NULL)
		account(h, h->current);
}

void
sporadic_stop(struct thread *t)
{
	struct sporadic *s = &t->sporadic;

	if (!is_sporadic(t))
		return;
	settle();
	timer_disarm(&s->node);
	s->set = (struct skink_sporadic){0};
	s->out = false;
	hart_self()->sporadics--;
}

void
sporadic_start(struct thread *t, const struct skink_sporadic *set)
{
	settle();
	hart_self()->sporadics++;
	t->sporadic = (struct sporadic){
	    .set = *set,
	    .left = ns_ticks(set->budget_ns),
	    .active = clock_ticks(),
	    .node.kind = TIMER_REPLENISH,
	};
}

void
sporadic_priority(struct thread *t, unsigned priority)
{
	t->priority = (uint8_t)priority;
	arm(t);
}

/* ---- who pays: whoever lends t its priority, and that one's payer in turn ---- */

struct thread *
payer_of(const struct thread *t, const struct thread *lender)
{
	if (lender != NULL)
		return lender->payer;
	return is_sporadic(t) ? (struct thread *)(uintptr_t)t : NULL;
}

bool
payer_update(struct thread *t, struct thread *payer)
{
	struct hart *h = hart_self();
	bool changed = payer != t->payer;

	if (changed && t == h->current)
		account(h, t);
	t->payer = payer;
	t->budget = payer != NULL || is_sporadic(t);
	return changed;
}

/* ---- its use ---- */

/* The budget that t uses up; NULL: none. */
static struct sporadic *
purse_of(const struct thread *t)
{
	struct thread *p = t->payer;

	return p == NULL || !is_sporadic(p) || p->sporadic.out ? NULL : &p->sporadic;
}

void
sporadic_charge(const struct thread *t, uint64_t used)
{
	struct sporadic *s = purse_of(t);

	if (s == NULL || used == 0)
		return;
	if (used > s->left)
		used = s->left;
	if (!s->open) {
		unsigned next = (s->first + s->count) % SKINK_SS_REPL_MAX;

		s->pending[next] =
		    (struct replenishment){.ns = clock_ns_at(s->active) + s->set.period_ns};
		s->open = true;
		if (s->count++ == 0)
			arm(t->payer);
	}
	s->pending[(s->first + s->count - 1u) % SKINK_SS_REPL_MAX].ticks += used;
	s->left -= used;
	if (s->left == 0)
		set_out(t->payer, true);
}

uint64_t
sporadic_left(const struct thread *t)
{
	const struct sporadic *s = purse_of(t);

	return s == NULL ? UINT64_MAX : s->left;
}

void
sporadic_block(struct thread *t, enum skink_state state)
{
	struct sporadic *s = &t->sporadic;

	/* Others may go on for it meanwhile. */
	if (!is_sporadic(t) || s->out || state == SKINK_STATE_SEND || state == SKINK_STATE_MUTEX)
		return;
	s->open = false;
	if (s->count >= s->set.max_repl)
		set_out(t, true);
}

void
sporadic_ready(struct thread *t)
{
	if (!t->sporadic.open)
		t->sporadic.active = clock_ticks();
}

void
sporadic_replenish(struct thread *t)
{
	struct sporadic *s = &t->sporadic;

	settle();
	s->left += s->pending[s->first].ticks;
	s->first = (uint8_t)((s->first + 1) % SKINK_SS_REPL_MAX);
	s->count--;
	/* An activation that has lasted a period ends with its replenishment. */
	if (s->count == 0)
		s->open = false;
	if (!s->open)
		s->active = clock_ticks();
	arm(t);
	if (s->out)
		set_out(t, false);
}
