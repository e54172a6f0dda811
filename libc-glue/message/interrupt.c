/* SPDX-License-Identifier: Apache-2.0 */
/* interrupt.c - interrupt threads and events under QNX's names. */
#include "../glue.h"

#include <sys/neutrino.h>

int
InterruptAttachThread(int source, unsigned flags)
{
	long id = skink_interrupt_attach(source, NULL, flags);

	if (id >= 0)
		glue_self.interrupt = (int32_t)id;
	return (int)glue_result(id);
}

int
InterruptAttachEvent(int source, const struct sigevent *event, unsigned flags)
{
	if (event == NULL)
		return (int)glue_result(-EINVAL);
	return (int)glue_result(
	    skink_interrupt_attach(source, (const struct skink_event *)event, flags));
}

int
InterruptDetach(int id)
{
	if (glue_self.interrupt == id)
		glue_self.interrupt = 0;
	return (int)glue_result(skink_notice_free(SKINK_POOL_INTERRUPT, id));
}

int
InterruptWait(int flags, const uint64_t *timeout)
{
	if (timeout != NULL) {
		long r = skink_timer_timeout(SKINK_CLOCK_MONOTONIC, 0, _NTO_TIMEOUT_INTR, *timeout);

		if (r < 0)
			return (int)glue_result(r);
	}
	return (int)glue_result(skink_interrupt_wait(glue_self.interrupt, (unsigned)flags));
}

int
InterruptMask(int source, int id)
{
	(void)source;
	return (int)glue_result(skink_interrupt_mask(id, 1));
}

int
InterruptUnmask(int source, int id)
{
	(void)source;
	return (int)glue_result(skink_interrupt_mask(id, 0));
}
