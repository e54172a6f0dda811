/* SPDX-License-Identifier: Apache-2.0 */
/* interrupt_test.c - device interrupts, before a controller that ignores what a PLIC ignores. */
#include "tests.h"

#define SOURCE 9u
#define BUFFER (USER_BASE + 0x5000)

static void
grant(struct thread *t, unsigned source)
{
	CHECK_EQ(call(manager, p_interrupt_grant, (uint64_t)t->process->object.id, source), 0);
}

static uint64_t
attach(struct thread *t, unsigned source)
{
	long id;

	grant(t, source);
	id = call(t, interrupt_attach, source, 0, 0);
	CHECK(id > 0);
	return (uint64_t)id;
}

static void
test_interrupt_wakes_its_thread_once_when_the_line_stays_up(void)
{
	struct thread *t;
	uint64_t id;

	scene_begin();
	t = process_at(40);
	id = attach(t, SOURCE);
	CHECK_EQ(call(t, interrupt_wait, id, 0), BLOCKED);
	irq(SOURCE);
	CHECK_EQ(result_of(t), 1);
	CHECK(fake_irq_is_claimed(SOURCE));
	CHECK_EQ(call(t, interrupt_wait, id, 0), BLOCKED);
	enter();
	CHECK_EQ(result_of(t), BLOCKED);
	/* The driver has not served the device: it fires again as soon as it may. */
	CHECK_EQ(call(manager, p_thread_jump, (uint64_t)t->object.id, USER_BASE), 0);
	CHECK_EQ(call(t, interrupt_wait, id, SKINK_INTR_UNMASK), 1);
	fake_irq_lower(SOURCE);
	CHECK_EQ(call(t, interrupt_wait, id, SKINK_INTR_UNMASK), BLOCKED);
	CHECK(!fake_irq_is_claimed(SOURCE));
	scene_end();
}

static void
test_interrupt_is_counted_when_nobody_waits(void)
{
	struct thread *t;
	uint64_t id;

	scene_begin();
	t = process_at(40);
	id = attach(t, SOURCE);
	irq(SOURCE);
	fake_irq_lower(SOURCE);
	CHECK_EQ(call(t, interrupt_mask, id, 0), 0);
	irq(SOURCE);
	CHECK_EQ(call(t, interrupt_wait, id, 0), 2);
	fake_irq_lower(SOURCE);
	scene_end();
}

static void
test_interrupt_is_completed_when_it_was_masked_meanwhile(void)
{
	struct thread *t;
	uint64_t id;

	scene_begin();
	t = process_at(40);
	id = attach(t, SOURCE);
	irq(SOURCE);
	fake_irq_lower(SOURCE);
	CHECK_EQ(call(t, interrupt_mask, id, 1), 0);
	CHECK(!fake_irq_is_enabled(SOURCE));
	CHECK_EQ(call(t, interrupt_mask, id, 0), 0);
	CHECK(!fake_irq_is_claimed(SOURCE) && fake_irq_is_enabled(SOURCE));
	scene_end();
}

static void
test_interrupt_source_is_free_when_its_driver_has_died(void)
{
	struct thread *t;
	uint64_t id;

	scene_begin();
	t = process_at(40);
	id = attach(t, SOURCE);
	CHECK_EQ(call(t, interrupt_wait, id, 0), BLOCKED);
	irq(SOURCE);
	process_end(t->process);
	CHECK(!fake_irq_is_claimed(SOURCE) && !fake_irq_is_enabled(SOURCE));
	t = process_at(40);
	id = attach(t, SOURCE);
	/* The device still wants something. */
	CHECK_EQ(call(t, interrupt_wait, id, 0), 1);
	fake_irq_lower(SOURCE);
	scene_end();
}

static void
test_interrupt_waiter_gets_einval_when_its_interrupt_is_freed(void)
{
	struct thread *t, *other;
	uint64_t id;

	scene_begin();
	t = process_at(40);
	other = thread_new(t, 30);
	id = attach(t, SOURCE);
	CHECK_EQ(call(other, interrupt_wait, id, 0), -SK_EINVAL);
	CHECK_EQ(call(t, interrupt_wait, id, 0), BLOCKED);
	CHECK_EQ(call(other, notice_free, SKINK_POOL_INTERRUPT, id), 0);
	CHECK_EQ(result_of(t), -SK_EINVAL);
	scene_end();
}

static void
test_interrupt_has_no_thread_when_that_one_has_ended(void)
{
	struct thread *t, *other, *third;
	uint64_t id;

	scene_begin();
	t = process_at(40);
	other = thread_new(t, 30);
	id = attach(other, SOURCE);
	CHECK_EQ(call(other, thread_kill, 0), GONE);
	irq(SOURCE);
	fake_irq_lower(SOURCE);
	/* Its successor in the slot is not it. */
	while ((third = thread_new(t, 30)) != other)
		CHECK_EQ(call(third, thread_kill, 0), GONE);
	CHECK_EQ(call(third, interrupt_wait, id, 0), -SK_EINVAL);
	CHECK_EQ(call(third, interrupt_mask, id, 0), 0);
	scene_end();
}

static void
test_interrupt_sends_its_pulse_when_it_has_an_event(void)
{
	struct thread *t;
	struct skink_event ev = {.notify = SKINK_EV_PULSE, .value = 77, .code = 5, .priority = 30};
	const struct _pulse *pulse;
	int chid;
	long id;

	scene_begin();
	t = process_at(20);
	chid = channel_new(t, 0);
	ev.target = connect_to(t, t, chid);
	grant(t, SOURCE);
	id = call(t, interrupt_attach, SOURCE, place(t, &ev, sizeof(ev)), 0);
	CHECK(id > 0);
	for (unsigned i = 0; i < 3; i++) {
		irq(SOURCE);
		fake_irq_lower(SOURCE);
		CHECK_EQ(call(t, interrupt_mask, (uint64_t)id, 0), 0);
	}
	CHECK_EQ(call(t, msg_receive, (uint64_t)chid, BUFFER, 24, 0), 0);
	pulse = user(t, BUFFER);
	CHECK_EQ(pulse->code, 5);
	CHECK_EQ(pulse->value, 77);
	CHECK_EQ(pulse->count, 3);
	CHECK_EQ(t->effective, 30);
	scene_end();
}

static void
test_interrupt_is_refused_when_its_source_is_not_granted(void)
{
	struct thread *t, *other;
	uint64_t id;

	scene_begin();
	t = process_at(40);
	grant(t, SOURCE);
	CHECK_EQ(call(t, interrupt_attach, SOURCE + 1, 0, 0), -SK_EPERM);
	id = attach(t, SOURCE);
	/* What it has it keeps, but it does not get it again. */
	CHECK_EQ(call(manager, p_interrupt_grant, 0, SOURCE), 0);
	CHECK_EQ(call(t, interrupt_wait, id, 0), BLOCKED);
	irq(SOURCE);
	fake_irq_lower(SOURCE);
	CHECK_EQ(result_of(t), 1);
	/* Nor does another have it meanwhile. */
	other = process_at(30);
	grant(other, SOURCE);
	CHECK_EQ(call(other, interrupt_attach, SOURCE, 0, 0), -SK_EBUSY);
	CHECK_EQ(call(manager, p_interrupt_grant, 0, SOURCE), 0);
	CHECK_EQ(call(t, notice_free, SKINK_POOL_INTERRUPT, id), 0);
	CHECK_EQ(call(t, interrupt_attach, SOURCE, 0, 0), -SK_EPERM);
	scene_end();
}

static void
test_interrupt_waits_when_a_thread_above_its_own_runs(void)
{
	struct thread *driver, *high;
	uint64_t id;

	scene_begin();
	driver = process_at(40);
	high = process_at(200);
	id = attach(driver, SOURCE);
	CHECK_EQ(call_now(driver, interrupt_wait, id, 0), BLOCKED);
	make_current(high);
	enter();
	fake_irq_raise(SOURCE);
	CHECK(!arch_interrupt_pending());
	CHECK_EQ(call_now(high, thread_sleep, SKINK_CLOCK_MONOTONIC, 0, 100), BLOCKED);
	CHECK_EQ(result_of(driver), 1);
	fake_irq_lower(SOURCE);
	scene_end();
}

const struct test interrupt_tests[] = {
    TEST(test_interrupt_wakes_its_thread_once_when_the_line_stays_up),
    TEST(test_interrupt_is_counted_when_nobody_waits),
    TEST(test_interrupt_is_completed_when_it_was_masked_meanwhile),
    TEST(test_interrupt_source_is_free_when_its_driver_has_died),
    TEST(test_interrupt_waiter_gets_einval_when_its_interrupt_is_freed),
    TEST(test_interrupt_has_no_thread_when_that_one_has_ended),
    TEST(test_interrupt_sends_its_pulse_when_it_has_an_event),
    TEST(test_interrupt_is_refused_when_its_source_is_not_granted),
    TEST(test_interrupt_waits_when_a_thread_above_its_own_runs),
    {0},
};
