/* SPDX-License-Identifier: Apache-2.0 */
/* interrupt.c - device interrupts: who may have a source, who waits for it. The nucleus claims a
 * source and holds its completion back until the driver unmasks it, so a level-triggered device
 * disturbs once. Never touches a device.
 *
 * A source's level in the controller follows the priority of its thread, and the threshold follows
 * the running thread, in IRQ_LEVELS bands: lesser sources do not interrupt.
 */
#include "nucleus.h"

struct source sources[IRQ_SOURCES];

/* In the controller: that of its interrupt thread, if it has one that lives, or of its event. */
static unsigned
level_of(const struct interrupt *i)
{
	const struct thread *t = pool_find(SKINK_POOL_THREAD, i->tid);

	return 1 + interrupt_level_of(t != NULL ? t->effective : i->notice.pulse.priority);
}

void
interrupt_level(struct hart *h, unsigned priority)
{
	unsigned level = interrupt_level_of(priority);

	if (level == h->level)
		return;
	h->level = (uint8_t)level;
	irq_threshold(level);
}

/* Tells who waits for it. */
void
interrupt_take(unsigned source)
{
	struct interrupt *i;

	if (source == 0 || source >= IRQ_SOURCES)
		return;
	hart_self()->interrupts++;
	TRACE(INTERRUPT, source, 0);
	i = sources[source].interrupt;
	if (i == NULL) {
		irq_complete(source);
		irq_disable(source);
		return;
	}
	i->claimed = true;
	i->pending++;
	if (i->tid == 0) {
		(void)notice_fire(&i->notice);
	} else if (i->waiting != NULL) {
		thread_wake(i->waiting, i->pending);
		i->waiting = NULL;
		i->pending = 0;
	}
}

static void
unmask(struct interrupt *i)
{
	irq_enable(i->source, level_of(i));
	if (i->claimed) {
		i->claimed = false;
		irq_complete(i->source);
	}
}

void
interrupt_off(struct interrupt *i)
{
	if (i->waiting != NULL)
		thread_wake(i->waiting, -SK_EINVAL);
	unmask(i); /* a controller ignores the completion of a disabled source */
	irq_disable(i->source);
	sources[i->source].interrupt = NULL;
}

/* ---- calls ---- */

long
sys_interrupt_attach(struct thread *t, const uint64_t *a)
{
	struct process *p = t->process;
	struct interrupt *i;
	long error;

	if (a[0] == 0 || a[0] >= IRQ_SOURCES || a[2] != 0)
		return -SK_EINVAL;
	if (sources[a[0]].granted != p->object.id)
		return -SK_EPERM;
	if (sources[a[0]].interrupt != NULL)
		return -SK_EBUSY;
	i = notice_new(t, SKINK_POOL_INTERRUPT, a[1], &error);
	if (i == NULL)
		return error;
	/* COMMIT */
	i->source = (uint32_t)a[0];
	i->tid = a[1] == 0 ? t->object.id : 0;
	sources[a[0]].interrupt = i;
	unmask(i);
	return i->notice.object.id;
}

/* Waits for the calling thread's own interrupt; returns how often it fired. */
long
sys_interrupt_wait(struct thread *t, const uint64_t *a)
{
	struct interrupt *i = notice_find(t->process, SKINK_POOL_INTERRUPT, a[0]);
	long fired;

	if (i == NULL || i->tid != t->object.id || a[1] & ~(uint64_t)SKINK_INTR_UNMASK)
		return -SK_EINVAL;
	/* COMMIT */
	if (a[1] & SKINK_INTR_UNMASK)
		unmask(i);
	if (i->pending > 0) {
		fired = i->pending;
		i->pending = 0;
		return fired;
	}
	t->interrupt = i;
	i->waiting = t;
	return thread_block(t, SKINK_STATE_INTR);
}

long
sys_interrupt_mask(struct thread *t, const uint64_t *a)
{
	struct interrupt *i = notice_find(t->process, SKINK_POOL_INTERRUPT, a[0]);

	if (i == NULL || a[1] > 1)
		return -SK_EINVAL;
	/* COMMIT */
	if (a[1] == 0)
		unmask(i);
	else
		irq_disable(i->source);
	return 0;
}

long
sys_p_interrupt_grant(struct thread *, const uint64_t *a)
{
	if (a[1] == 0 || a[1] >= IRQ_SOURCES)
		return -SK_EINVAL;
	if (a[0] != 0 && pool_find(SKINK_POOL_PROCESS, (int64_t)a[0]) == NULL)
		return -SK_ESRCH;
	if (a[0] != 0 && sources[a[1]].granted != (int32_t)a[0] &&
	    pool_find(SKINK_POOL_PROCESS, sources[a[1]].granted) != NULL)
		return -SK_EBUSY;
	/* COMMIT. Who has attached it keeps it. */
	sources[a[1]].granted = (int32_t)a[0];
	return 0;
}
