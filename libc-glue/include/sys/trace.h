/* SPDX-License-Identifier: Apache-2.0 */
/* sys/trace.h - the nucleus's trace: a program's own entries, and, for those with the ability
 * SKINK_AB_TRACE, its switch and its ring. docs/tracing.md tells how it is used; what entries are
 * is in skink/trace.h. */
#ifndef SYS_TRACE_H
#define SYS_TRACE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/neutrino.h>

#include <skink/trace.h>
#include <skink/trace_classes.h>

#ifdef __cplusplus
extern "C" {
#endif

/* QNX's name for an entry with two numbers: TraceEvent(code, a, b). EINVAL: code above 255. */
int trace_logi(int code, unsigned a, unsigned b);

/* A descriptor of the ring, to be mapped for reading; fstat() tells its size. While the trace is
 * on, that is the ring it goes to; else a new one of so many bytes, 0: as the manifest says.
 *   EINVAL  not a power of two of at least a page, or more than SKINK_TRACE_RING_MAX
 *   EPERM  no TRACE ability
 *   ENOMEM EMFILE EAGAIN */
int trace_ring(size_t bytes);

/* From now on these classes (bit n: class n, enum skink_trace_class) go to that ring, also when the
 * caller has ended. 0: none, the trace is off.
 *   EINVAL  a class that there is not; fd is not of trace_ring()
 *   EBADF ENODEV  fd is no descriptor of procmgr's
 *   EBUSY  the trace is on, to another ring
 *   EPERM  no TRACE ability */
int trace_set(unsigned classes, int fd);

#ifdef __cplusplus
}
#endif

#endif
