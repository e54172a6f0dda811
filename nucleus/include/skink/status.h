/* SPDX-License-Identifier: Apache-2.0 */
/* skink/status.h - how a process ended, as one 32-bit number: wait()'s format (POSIX <sys/wait.h>).
 * Low 7 bits 0: exited, exit code in bits 8..15. Else the signal number that ended it; bits
 * 16..23 then hold the fault cause (enum skink_cause), 0 when it was no fault. */
#ifndef SKINK_STATUS_H
#define SKINK_STATUS_H

#define SKINK_STATUS_EXIT(code)			(((code) & 0xff) << 8)
#define SKINK_STATUS_SIGNAL(sig, cause)		((sig) | (cause) << 16)
#define SKINK_STATUS_SIGNO(status)		((status) & 0x7f)	/* 0: it exited */
#define SKINK_STATUS_CODE(status)		((status) >> 8 & 0xff)
#define SKINK_STATUS_CAUSE(status)		((status) >> 16 & 0xff)

/* Why a thread faulted. X(NAME, number, signal, text) */
#define SKINK_CAUSES(X) \
	X(NONE, 0, 0, "none") \
	X(FETCH, 1, 11, "instruction fetch") \
	X(LOAD, 2, 11, "load") \
	X(STORE, 3, 11, "store") \
	X(ILLEGAL, 4, 4, "illegal instruction") \
	X(BREAKPOINT, 5, 5, "breakpoint") \
	X(MISALIGNED, 6, 10, "misaligned address") \
	X(ACCESS, 7, 10, "access fault")
enum skink_cause {
#define SKINK_CAUSE_ENUM(name, number, sig, text) SKINK_CAUSE_##name = number,
	SKINK_CAUSES(SKINK_CAUSE_ENUM)
#undef SKINK_CAUSE_ENUM
};

#endif
