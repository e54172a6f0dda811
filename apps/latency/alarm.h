/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alarm.h - interrupts at known instants, for what measures how late they are served. The program
 * `alarm` is a service that owns an alarm clock; nobody else can have its interrupt then. Its one
 * thread has a priority of its own, whoever asks: the manifest's, or a lower one that is asked for.
 */
#ifndef LATENCY_ALARM_H
#define LATENCY_ALARM_H

#include <stdint.h>

#define ALARM_PATH    "/dev/alarm"
#define ALARM_VERSION 1
#define ALARM_MAX     100000 /* samples in one request */

/*
 * The whole message. Each alarm rings gap_ns after the one before it was served, and 0 to sweep_ns
 * more, in steps of step_ns: so that no period of anybody's is met at one phase only. The reply's
 * status is the number of samples, its data are uint32_t: nanoseconds from the instant of the
 * alarm to the interrupt thread's first instruction behind its wait, as the device's clock counts
 * them. EINVAL: a field is out of range.
 */
struct alarm_request {
	uint32_t version;
	uint32_t count;
	uint32_t gap_ns;
	uint32_t sweep_ns;
	uint32_t step_ns;
	int32_t priority; /* of the interrupt thread; 0: the manifest's */
};
_Static_assert(sizeof(struct alarm_request) == 24, "struct alarm_request");

/* Finds the service and does a request: the number of samples, or -1 and errno. ENOENT: there is no
 * such service in this system. */
long alarm_measure(const struct alarm_request *request, uint32_t *samples);

#endif
