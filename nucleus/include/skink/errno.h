/* SPDX-License-Identifier: Apache-2.0 */
/* skink/errno.h - the error numbers of nucleus and servers. One list; the values are picolibc's
 * (newlib's), so that its strerror() knows them; those from 2000 on are Skink's own. libc-glue's
 * <errno.h> is this list too. */
#ifndef SKINK_ERRNO_H
#define SKINK_ERRNO_H

/* X(name, number, text) */
#define SKINK_ERRNOS(X) \
	X(EPERM, 1, "Operation not permitted") \
	X(ENOENT, 2, "No such file or directory") \
	X(ESRCH, 3, "No such process, thread or channel") \
	X(EINTR, 4, "Interrupted") \
	X(EIO, 5, "Input/output error") \
	X(ENXIO, 6, "No such device or address") \
	X(E2BIG, 7, "Argument list too long") \
	X(ENOEXEC, 8, "Not an executable") \
	X(EBADF, 9, "Bad descriptor or connection") \
	X(ECHILD, 10, "No child process") \
	X(EAGAIN, 11, "Resource exhausted, or try again") \
	X(ENOMEM, 12, "Not enough memory") \
	X(EACCES, 13, "Permission denied") \
	X(EFAULT, 14, "Bad address") \
	X(EBUSY, 16, "Busy") \
	X(EEXIST, 17, "Already exists") \
	X(EXDEV, 18, "Cross-device link") \
	X(ENODEV, 19, "No such device") \
	X(ENOTDIR, 20, "Not a directory") \
	X(EISDIR, 21, "Is a directory") \
	X(EINVAL, 22, "Invalid argument") \
	X(ENFILE, 23, "Too many open files in the system") \
	X(EMFILE, 24, "Too many open descriptors") \
	X(ENOTTY, 25, "Not a terminal, or not an operation of this device") \
	X(EFBIG, 27, "File too large") \
	X(ENOSPC, 28, "No space left") \
	X(ESPIPE, 29, "Illegal seek") \
	X(EROFS, 30, "Read-only file system") \
	X(EMLINK, 31, "Too many links") \
	X(EPIPE, 32, "Broken pipe") \
	X(EDOM, 33, "Argument out of domain") \
	X(ERANGE, 34, "Result out of range") \
	X(EDEADLK, 45, "Deadlock") \
	X(ENOSYS, 88, "Function not implemented") \
	X(ENOTEMPTY, 90, "Directory not empty") \
	X(ENAMETOOLONG, 91, "Name too long") \
	X(ELOOP, 92, "Chain or links too deep") \
	X(ETIMEDOUT, 116, "Timed out") \
	X(EMSGSIZE, 122, "Message size") \
	X(ESTALE, 133, "State lost by a cold start") \
	X(ENOTSUP, 134, "Not supported") \
	X(EOVERFLOW, 139, "Value too large") \
	X(ECANCELED, 140, "Cancelled") \
	X(ENOTRECOVERABLE, 141, "State not recoverable") \
	X(EOWNERDEAD, 142, "Previous owner died") \
	X(ESRVRFAULT, 2000, "Refused: its server died too often serving this request")

/* The plain names are macros only where asked for: the nucleus and libc-glue's <errno.h> ask. */
enum skink_errno {
#define SKINK_ERRNO_ENUM(name, number, text) SK_##name = number,
	SKINK_ERRNOS(SKINK_ERRNO_ENUM)
#undef SKINK_ERRNO_ENUM
};

#endif
