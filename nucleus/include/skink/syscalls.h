/* SPDX-License-Identifier: Apache-2.0 */
/* skink/syscalls.h - the one list of nucleus calls. The enum, the nucleus's table, the stubs in
 * libc-glue, the trace names, the debugger's names and the tests' tables all expand from it.
 *
 * X(number, name, subject, who, errors)
 *   subject: what the first argument names, if it is found before anything else is looked at:
 *     MESSAGE that the caller's process has to answer (else ESRCH), COID of the caller (EBADF),
 *     THREAD of its process that is not ending, 0 being itself (ESRCH), SYNC at that address
 *     (EFAULT), PROCESS (ESRCH), or LIVING one, which has not begun to end (ESRCH)
 *   who: ANY process, or procmgr ONLY (others get EPERM)
 *   errors: every error the call can return, as a string; EFAULT of a bad pointer included
 *
 * Calling convention: the number in t0, up to eight arguments in a0..a7, `ecall`. The result comes
 * back in a0: 0 or positive is good, -4095..-1 is a negated error number. timer_settime has a
 * second one, in a1. As in a C call, the caller-saved registers are lost. An unknown number
 * returns -ENOSYS.
 */
#ifndef SKINK_SYSCALLS_H
#define SKINK_SYSCALLS_H

#define SKINK_SYSCALLS(X) \
	/* messages */ \
	X(0, msg_send, NONE, ANY, \
		"EBADF EFAULT EINVAL EMSGSIZE ESRCH ETIMEDOUT ESRVRFAULT ESTALE") \
	X(1, msg_receive, NONE, ANY, "ESRCH EFAULT EINVAL EAGAIN ETIMEDOUT") \
	X(2, msg_reply, MESSAGE, ANY, "ESRCH EFAULT EINVAL") \
	X(4, msg_reply_receive, NONE, ANY, "ESRCH EFAULT EINVAL EAGAIN ETIMEDOUT") \
	X(5, msg_read, MESSAGE, ANY, "ESRCH EFAULT EINVAL") \
	X(6, msg_write, MESSAGE, ANY, "ESRCH EFAULT EINVAL") \
	X(7, msg_info, MESSAGE, ANY, "ESRCH EFAULT") \
	X(8, msg_current, MESSAGE, ANY, "ESRCH") \
	X(9, msg_send_pulse, COID, ANY, "EBADF EINVAL EPERM ESRCH EAGAIN") \
	X(10, msg_register_event, COID, ANY, "EBADF EFAULT EINVAL ENOTSUP EPERM EAGAIN") \
	X(11, msg_deliver_event, NONE, ANY, "ESRCH EPERM EFAULT") \
	X(12, notice_free, NONE, ANY, "EINVAL") \
	/* channels and connections */ \
	X(13, channel_create, NONE, ANY, "EINVAL EAGAIN EPERM EBUSY") \
	X(14, channel_destroy, NONE, ANY, "EINVAL") \
	X(16, connect_attach, NONE, ANY, "ESRCH EINVAL EMFILE EAGAIN") \
	X(17, connect_detach, COID, ANY, "EBADF") \
	X(18, connect_dup, COID, ANY, "EBADF EINVAL EMFILE") \
	X(20, connect_server_info, COID, ANY, "EBADF EFAULT") \
	X(21, connect_client_info, NONE, ANY, "EINVAL EFAULT") \
	/* threads and scheduling */ \
	X(22, thread_create, NONE, ANY, "EFAULT EINVAL EPERM EAGAIN") \
	X(23, thread_kill, THREAD, ANY, "ESRCH") \
	X(26, thread_self, NONE, ANY, "") \
	X(27, thread_name, THREAD, ANY, "ESRCH EFAULT") \
	X(29, process_exit, NONE, ANY, "") \
	X(30, sched_get, THREAD, ANY, "ESRCH EFAULT") \
	X(31, sched_set, THREAD, ANY, "ESRCH EFAULT EINVAL EPERM") \
	X(32, sched_yield, NONE, ANY, "") \
	/* synchronisation */ \
	X(35, sync_wait, SYNC, ANY, \
		"EFAULT EINVAL EAGAIN EBUSY EDEADLK EOWNERDEAD ETIMEDOUT ENOMEM") \
	X(36, sync_wake, SYNC, ANY, "EFAULT EINVAL EPERM") \
	/* time */ \
	X(37, clock_time, NONE, ANY, "EINVAL EFAULT") \
	X(38, thread_sleep, NONE, ANY, "EINVAL") \
	X(39, timer_timeout, NONE, ANY, "EINVAL") \
	X(40, timer_create, NONE, ANY, "EINVAL EFAULT ENOTSUP EBADF EPERM EAGAIN") \
	X(41, timer_settime, NONE, ANY, "EINVAL") \
	/* interrupts */ \
	X(42, interrupt_attach, NONE, ANY, "EINVAL EPERM EBUSY EAGAIN EFAULT ENOTSUP EBADF") \
	X(43, interrupt_wait, NONE, ANY, "EINVAL ETIMEDOUT") \
	X(44, interrupt_mask, NONE, ANY, "EINVAL") \
	/* diagnosis */ \
	X(45, trace_event, NONE, ANY, "EINVAL") \
	/* procmgr's own */ \
	X(64, p_process_attr, NONE, ONLY, "ESRCH EFAULT EINVAL EAGAIN") \
	X(65, p_process_start, PROCESS, ONLY, "ESRCH EFAULT EINVAL EPERM EAGAIN EBUSY") \
	X(66, p_process_kill, PROCESS, ONLY, "ESRCH") \
	X(67, p_process_free, PROCESS, ONLY, "ESRCH EBUSY") \
	X(68, p_map, PROCESS, ONLY, "ESRCH EINVAL ENOMEM") \
	X(69, p_table_give, PROCESS, ONLY, "ESRCH EINVAL") \
	X(70, p_connect_install, LIVING, ONLY, "EBADF ESRCH EINVAL EMFILE EAGAIN") \
	X(71, p_connect_inherit, PROCESS, ONLY, "EBADF ESRCH EINVAL EMFILE") \
	X(72, p_channel_fail, NONE, ONLY, "EINVAL") \
	X(73, p_interrupt_grant, NONE, ONLY, "ESRCH EINVAL EBUSY") \
	X(74, p_info, NONE, ONLY, "ESRCH EINVAL EFAULT") \
	X(75, p_thread_jump, NONE, ONLY, "ESRCH EINVAL") \
	X(76, p_trace, NONE, ONLY, "EINVAL EFAULT") \
	X(77, p_reset, NONE, ONLY, "EINVAL EIO") \
	X(78, p_clock_set, NONE, ONLY, "EINVAL") \
	X(79, p_channel_owner, NONE, ONLY, "ESRCH")

#define SKINK_SYSCALL_COUNT	80

enum skink_syscall {
#define SKINK_SYSCALL_ENUM(number, name, subject, who, errors) SKINK_SYS_##name = number,
	SKINK_SYSCALLS(SKINK_SYSCALL_ENUM)
#undef SKINK_SYSCALL_ENUM
};

#endif
