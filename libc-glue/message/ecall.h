/* SPDX-License-Identifier: Apache-2.0 */
/* ecall.h - the nucleus calls that messages are made of, without a function of their own: what a
 * round trip costs is counted in single instructions. Owns no meaning; skink/calls.h has it. */
#ifndef ECALL_H
#define ECALL_H

#include <skink/syscalls.h>

#define ECALL_REG(name, value) register long name __asm__(#name) = (long)(value)
#define ECALL_LOST             "t1", "t2", "t3", "t4", "t5", "t6", "memory"

static inline long
ecall_4(long number, long first, const void *second, long third, const void *fourth)
{
	ECALL_REG(t0, number);
	ECALL_REG(a0, first);
	ECALL_REG(a1, second);
	ECALL_REG(a2, third);
	ECALL_REG(a3, fourth);

	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(t0)
			 :
			 : "a4", "a5", "a6", "a7", ECALL_LOST);
	return a0;
}

/* Keeps nothing of its arguments: who needs them again has them elsewhere. */
static inline long
ecall_pulse(int coid, int priority, int code, uint64_t value)
{
	return ecall_4(SKINK_SYS_msg_send_pulse, coid, (const void *)(long)priority, code,
	    (const void *)value);
}

static inline long
ecall_send(int coid, const void *message, size_t size, const void *reply, size_t reply_size)
{
	ECALL_REG(t0, SKINK_SYS_msg_send);
	ECALL_REG(a0, coid);
	ECALL_REG(a1, message);
	ECALL_REG(a2, size);
	ECALL_REG(a3, reply);
	ECALL_REG(a4, reply_size);

	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(t0)
			 :
			 : "a5", "a6", "a7", ECALL_LOST);
	return a0;
}

static inline long
ecall_reply_receive(long rcvid, long status, const void *message, size_t size, int chid,
    void *receive, size_t receive_size, struct _msg_info *info)
{
	ECALL_REG(t0, SKINK_SYS_msg_reply_receive);
	ECALL_REG(a0, rcvid);
	ECALL_REG(a1, status);
	ECALL_REG(a2, message);
	ECALL_REG(a3, size);
	ECALL_REG(a4, chid);
	ECALL_REG(a5, receive);
	ECALL_REG(a6, receive_size);
	ECALL_REG(a7, info);

	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5), "+r"(a6),
			 "+r"(a7), "+r"(t0)
			 :
			 : ECALL_LOST);
	return a0;
}

#endif
