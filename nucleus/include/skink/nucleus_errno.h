/* SPDX-License-Identifier: Apache-2.0 */
/* skink/nucleus_errno.h - the error numbers that the nucleus returns; skink/syscalls.h says which
 * call returns which. Servers and the library have more: their list, skink/errno.h, goes on from
 * this one, and everybody but the nucleus includes that. */
#ifndef SKINK_NUCLEUS_ERRNO_H
#define SKINK_NUCLEUS_ERRNO_H

/* X(name, number, text) */
#define SKINK_NUCLEUS_ERRNOS(X) \
	X(EPERM, 1, "Operation not permitted") \
	X(ESRCH, 3, "No such process, thread or channel") \
	X(EIO, 5, "Input/output error") \
	X(EBADF, 9, "Bad descriptor or connection") \
	X(EAGAIN, 11, "Resource exhausted, or try again") \
	X(ENOMEM, 12, "Not enough memory") \
	X(EFAULT, 14, "Bad address") \
	X(EBUSY, 16, "Busy") \
	X(EINVAL, 22, "Invalid argument") \
	X(EMFILE, 24, "Too many open descriptors") \
	X(EDEADLK, 45, "Deadlock") \
	X(ENOSYS, 88, "Function not implemented") \
	X(ETIMEDOUT, 116, "Timed out") \
	X(EMSGSIZE, 122, "Message size") \
	X(ESTALE, 133, "State lost by a cold start") \
	X(ENOTSUP, 134, "Not supported") \
	X(EOWNERDEAD, 142, "Previous owner died") \
	X(ESRVRFAULT, 2000, "Refused: its server died too often serving this request")

enum {
#define SKINK_ERRNO_ENUM(name, number, text) SK_##name = number,
	SKINK_NUCLEUS_ERRNOS(SKINK_ERRNO_ENUM)
#undef SKINK_ERRNO_ENUM
};

#endif
