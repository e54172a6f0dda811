/* SPDX-License-Identifier: Apache-2.0 */
/* skink/rtc.h - the real-time clock at /dev/rtc. Reading gives the time as one line of text
 * ("2026-01-01 00:00:00\n", UTC); these devctl commands give more. Needs no ability but
 * DCMD_RTC_SET, which needs CLOCK_SET. */
#ifndef SKINK_RTC_H
#define SKINK_RTC_H

#include <sys/iomsg.h>

/* uint64_t: ns since 1970, by the device. SET changes the device and the system's realtime clock.
 */
#define DCMD_RTC_GET	__DIOF(_DCMD_MISC, 1, uint64_t)
#define DCMD_RTC_SET	__DIOT(_DCMD_MISC, 2, uint64_t)

/* Arms the device's alarm at a time (ns since 1970, device clock); 0 disarms. When it rings, who
 * waits in DCMD_RTC_WAIT goes on: out: uint64_t, the device's time when the driver saw it. ENODEV:
 * no interrupt granted. */
#define DCMD_RTC_ALARM	__DIOT(_DCMD_MISC, 3, uint64_t)
#define DCMD_RTC_WAIT	__DIOF(_DCMD_MISC, 4, uint64_t)

#endif
