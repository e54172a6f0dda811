/* SPDX-License-Identifier: Apache-2.0 */
/* skink/syscalls.h - the one list of nucleus calls. The enum, the nucleus's table, the stubs in
 * libc-glue, the trace names, the debugger's names and the tests' tables all expand from it.
 *
 * X(number, name, arguments, who, errors)
 *   who: ANY process, or procmgr ONLY (others get EPERM)
 *   errors: every error the call can return, as a string; EFAULT of a bad pointer included
 *
 * Calling convention: the number in t0, up to eight arguments in a0..a7, `ecall`. The result comes
 * back in a0: 0 or positive is good, -4095..-1 is a negated error number. As in a C call, the
 * caller-saved registers are lost. An unknown number returns -ENOSYS.
 */
#ifndef SKINK_SYSCALLS_H
#define SKINK_SYSCALLS_H

#define SKINK_SYSCALLS(X) \
	/* messages */ \
	X(0, msg_send, 5, ANY, "EBADF EFAULT EINVAL EMSGSIZE ESRCH ETIMEDOUT ESRVRFAULT ESTALE") \
	X(1, msg_receive, 4, ANY, "ESRCH EFAULT EINVAL EAGAIN ETIMEDOUT") \
	X(2, msg_reply, 4, ANY, "ESRCH EFAULT EINVAL") \
	X(3, msg_error, 2, ANY, "ESRCH EINVAL") \
	X(4, msg_reply_receive, 8, ANY, "ESRCH EFAULT EINVAL EAGAIN ETIMEDOUT") \
	X(5, msg_read, 4, ANY, "ESRCH EFAULT EINVAL EBUSY") \
	X(6, msg_write, 4, ANY, "ESRCH EFAULT EINVAL EBUSY") \
	X(7, msg_info, 2, ANY, "ESRCH EFAULT") \
	X(8, msg_current, 1, ANY, "ESRCH") \
	X(9, msg_send_pulse, 4, ANY, "EBADF EINVAL EPERM ESRCH EAGAIN") \
	X(10, msg_register_event, 2, ANY, "EBADF EFAULT EINVAL ENOTSUP EPERM EAGAIN") \
	X(11, msg_deliver_event, 1, ANY, "EFAULT EINVAL ESRCH EPERM") \
	X(12, notice_free, 2, ANY, "EINVAL") \
	/* channels and connections */ \
	X(13, channel_create, 2, ANY, "EINVAL EAGAIN EPERM EBUSY") \
	X(14, channel_destroy, 1, ANY, "EINVAL") \
	X(15, channel_grant, 2, ANY, "EINVAL ESRCH EAGAIN") \
	X(16, connect_attach, 4, ANY, "ESRCH EPERM EINVAL EMFILE EAGAIN") \
	X(17, connect_detach, 1, ANY, "EBADF") \
	X(18, connect_dup, 3, ANY, "EBADF EINVAL EMFILE") \
	X(19, connect_flags, 3, ANY, "EBADF EINVAL") \
	X(20, connect_server_info, 2, ANY, "EBADF EFAULT") \
	X(21, connect_client_info, 2, ANY, "EINVAL EFAULT") \
	/* threads and scheduling */ \
	X(22, thread_create, 1, ANY, "EFAULT EINVAL EPERM EAGAIN") \
	X(23, thread_exit, 1, ANY, "") \
	X(24, thread_kill, 2, ANY, "ESRCH") \
	X(25, thread_join, 2, ANY, "ESRCH EINVAL EDEADLK EFAULT EBUSY ETIMEDOUT") \
	X(26, thread_detach, 1, ANY, "ESRCH EINVAL") \
	X(27, thread_self, 0, ANY, "") \
	X(28, thread_name, 2, ANY, "ESRCH EFAULT") \
	X(29, process_self, 1, ANY, "EINVAL") \
	X(30, process_exit, 1, ANY, "") \
	X(31, sched_get, 2, ANY, "ESRCH EFAULT") \
	X(32, sched_set, 2, ANY, "ESRCH EFAULT EINVAL EPERM") \
	X(33, sched_yield, 0, ANY, "") \
	/* synchronisation */ \
	X(34, mutex_lock, 2, ANY, \
		"EFAULT EINVAL EBUSY EDEADLK EAGAIN ETIMEDOUT EOWNERDEAD ENOTRECOVERABLE") \
	X(35, mutex_unlock, 2, ANY, "EFAULT EINVAL EPERM") \
	X(36, sync_wait, 3, ANY, "EFAULT EINVAL EAGAIN ETIMEDOUT ENOMEM") \
	X(37, sync_wake, 2, ANY, "EFAULT EINVAL") \
	/* time */ \
	X(38, clock_time, 3, ANY, "EINVAL EFAULT EPERM") \
	X(39, thread_sleep, 3, ANY, "EINVAL") \
	X(40, timer_timeout, 4, ANY, "EINVAL") \
	X(41, timer_create, 2, ANY, "EINVAL EFAULT ENOTSUP EBADF EPERM EAGAIN") \
	X(42, timer_settime, 4, ANY, "EINVAL EFAULT") \
	/* interrupts */ \
	X(43, interrupt_attach, 3, ANY, "EINVAL EPERM EBUSY EAGAIN EFAULT ENOTSUP EBADF") \
	X(44, interrupt_wait, 2, ANY, "EINVAL ETIMEDOUT") \
	X(45, interrupt_mask, 2, ANY, "EINVAL") \
	/* diagnosis */ \
	X(46, trace_event, 3, ANY, "EINVAL") \
	/* procmgr's own */ \
	X(64, p_process_create, 1, ONLY, "EFAULT EINVAL EAGAIN") \
	X(65, p_process_start, 2, ONLY, "ESRCH EFAULT EINVAL EAGAIN EBUSY") \
	X(66, p_process_kill, 3, ONLY, "ESRCH") \
	X(67, p_process_free, 1, ONLY, "ESRCH EBUSY") \
	X(68, p_process_limit, 2, ONLY, "ESRCH EFAULT EINVAL") \
	X(69, p_map, 5, ONLY, "ESRCH EINVAL ENOMEM") \
	X(70, p_unmap, 3, ONLY, "ESRCH EINVAL") \
	X(71, p_protect, 4, ONLY, "ESRCH EINVAL") \
	X(72, p_table_give, 2, ONLY, "ESRCH EINVAL") \
	X(73, p_connect_install, 4, ONLY, "EBADF ESRCH EINVAL EMFILE EAGAIN") \
	X(74, p_connect_inherit, 4, ONLY, "EBADF ESRCH EINVAL EMFILE") \
	X(75, p_channel_fail, 3, ONLY, "EINVAL") \
	X(76, p_interrupt_grant, 2, ONLY, "ESRCH EINVAL EBUSY") \
	X(77, p_info, 4, ONLY, "ESRCH EINVAL EFAULT") \
	X(78, p_thread_jump, 2, ONLY, "ESRCH EINVAL") \
	X(79, p_trace, 3, ONLY, "EINVAL EFAULT") \
	X(80, p_reset, 2, ONLY, "EINVAL EIO") \
	X(81, p_deadline, 1, ONLY, "EINVAL")

#define SKINK_SYSCALL_COUNT	82

enum skink_syscall {
#define SKINK_SYSCALL_ENUM(number, name, nargs, who, errors) SKINK_SYS_##name = number,
	SKINK_SYSCALLS(SKINK_SYSCALL_ENUM)
#undef SKINK_SYSCALL_ENUM
};

#endif
