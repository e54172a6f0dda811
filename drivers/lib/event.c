/* SPDX-License-Identifier: Apache-2.0 */
/* event.c - interrupts and timers as pulses to the server's own channel, so that a driver is one
 * thread and one loop. Never touches a device. */
#include <errno.h>

#include <skink/calls.h>
#include <skink/driver.h>

static int
interrupt_pulse(message_context_t *ctp, int code, unsigned flags, void *handle)
{
	struct driver_interrupt *interrupt = handle;

	(void)ctp;
	(void)code;
	(void)flags;
	interrupt->func(interrupt);
	return 0;
}

static int
timer_pulse(message_context_t *ctp, int code, unsigned flags, void *handle)
{
	struct driver_timer *timer = handle;

	(void)ctp;
	(void)code;
	(void)flags;
	timer->func(timer);
	return 0;
}

static int
pulse_event(struct server_context *sc, int priority, void *handle, struct skink_event *event,
    int (*func)(message_context_t *ctp, int code, unsigned flags, void *handle))
{
	int code = pulse_attach(sc->dpp, MSG_FLAG_ALLOC_PULSE, 0, func, handle);

	if (code < 0)
		return errno;
	*event = (struct skink_event){.notify = SKINK_EV_PULSE,
	    .target = sc->self_coid,
	    .code = (int16_t)code,
	    .priority = (int16_t)priority};
	return 0;
}

int
driver_interrupt(struct server_context *sc, const struct driver_device *device, unsigned which,
    int priority, struct driver_interrupt *interrupt)
{
	struct skink_event event;
	long id;
	int error;

	if (which >= device->interrupt_count)
		return ENOENT;
	error = pulse_event(sc, priority, interrupt, &event, interrupt_pulse);
	if (error != 0)
		return error;
	id = skink_interrupt_attach((int)device->interrupts[which], &event, 0);
	if (id < 0)
		return (int)-id;
	interrupt->id = (int)id;
	return 0;
}

void
driver_unmask(const struct driver_interrupt *interrupt)
{
	skink_interrupt_mask(interrupt->id, 0);
}

int
driver_timer(struct server_context *sc, struct driver_timer *timer)
{
	struct skink_event event;
	int error = pulse_event(sc, -1, timer, &event, timer_pulse);
	long id;

	if (error != 0)
		return error;
	id = skink_timer_create(SKINK_CLOCK_MONOTONIC, &event);
	if (id < 0)
		return (int)-id;
	timer->id = (int)id;
	return 0;
}

void
driver_timer_set(const struct driver_timer *timer, uint64_t after_ns)
{
	skink_timer_settime(timer->id, 0, after_ns, 0);
}

uint64_t
driver_now_ns(void)
{
	uint64_t ns = 0;

	skink_clock_time(SKINK_CLOCK_MONOTONIC, &ns);
	return ns;
}
