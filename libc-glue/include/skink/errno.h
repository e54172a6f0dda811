/* SPDX-License-Identifier: Apache-2.0 */
/* skink/errno.h - the error numbers of nucleus and servers. One list; the values are picolibc's
 * (newlib's), so that programs made for it mean the same by them; those from 2000 on are Skink's
 * own. <errno.h> has the same numbers under their plain names (core/strerror.c asserts it). */
#ifndef SKINK_ERRNO_H
#define SKINK_ERRNO_H

#include <skink/nucleus_errno.h>

/* X(name, number, text) */
#define SKINK_SERVER_ERRNOS(X) \
	X(ENOENT, 2, "No such file or directory") \
	X(EINTR, 4, "Interrupted") \
	X(ENXIO, 6, "No such device or address") \
	X(E2BIG, 7, "Argument list too long") \
	X(ENOEXEC, 8, "Not an executable") \
	X(ECHILD, 10, "No child process") \
	X(EACCES, 13, "Permission denied") \
	X(EEXIST, 17, "Already exists") \
	X(EXDEV, 18, "Cross-device link") \
	X(ENODEV, 19, "No such device") \
	X(ENOTDIR, 20, "Not a directory") \
	X(EISDIR, 21, "Is a directory") \
	X(ENFILE, 23, "Too many open files in the system") \
	X(ENOTTY, 25, "Not a terminal, or not an operation of this device") \
	X(EFBIG, 27, "File too large") \
	X(ENOSPC, 28, "No space left") \
	X(ESPIPE, 29, "Illegal seek") \
	X(EROFS, 30, "Read-only file system") \
	X(EMLINK, 31, "Too many links") \
	X(EPIPE, 32, "Broken pipe") \
	X(EDOM, 33, "Argument out of domain") \
	X(ERANGE, 34, "Result out of range") \
	X(ENOTEMPTY, 90, "Directory not empty") \
	X(ENAMETOOLONG, 91, "Name too long") \
	X(ELOOP, 92, "Chain or links too deep") \
	X(EOVERFLOW, 139, "Value too large") \
	X(ECANCELED, 140, "Cancelled") \
	X(ENOTRECOVERABLE, 141, "State not recoverable")

#define SKINK_ERRNOS(X) SKINK_NUCLEUS_ERRNOS(X) SKINK_SERVER_ERRNOS(X)

enum {
#define SKINK_ERRNO_ENUM(name, number, text) SK_##name = number,
	SKINK_SERVER_ERRNOS(SKINK_ERRNO_ENUM)
#undef SKINK_ERRNO_ENUM
};

#endif
