/* SPDX-License-Identifier: Apache-2.0 */
/* sys/mman.h - memory (POSIX, and QNX's device memory). All memory is committed and zeroed when
 * it is mapped: there is no paging. Files of /proc/boot and memory objects can be mapped, other
 * files not (ENODEV). */
#ifndef SKINK_SYS_MMAN_H
#define SKINK_SYS_MMAN_H

#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PROT_NONE         0
#define PROT_READ         1
#define PROT_WRITE        2 /* never together with PROT_EXEC: EINVAL */
#define PROT_EXEC         4
#define PROT_NOCACHE      0 /* device memory is uncached anyway */

#define MAP_SHARED        0x01
#define MAP_PRIVATE       0x02
#define MAP_FIXED         0x10
#define MAP_ANON          0x20
#define MAP_ANONYMOUS     MAP_ANON
#define MAP_PHYS          0x40 /* with MAP_SHARED and fd NOFD: device memory at `offset` */
#define MAP_DMA           0x80 /* contiguous memory for DMA (QNX: MAP_PHYS | MAP_ANON) */
#define MAP_STACK         0x100 /* the page below stays unmapped */
#define MAP_FAILED        ((void *)-1)
#define NOFD              (-1)

#define MS_ASYNC          1
#define MS_SYNC           2
#define MS_INVALIDATE     4

#define POSIX_MADV_NORMAL 0
#define MCL_CURRENT       1
#define MCL_FUTURE        2

/* EINVAL ENOMEM EBADF ENODEV ENXIO EPERM EACCES. */
void *mmap(void *address, size_t length, int prot, int flags, int fd, off_t offset);
int munmap(void *address, size_t length);
int mprotect(void *address, size_t length, int prot);
int msync(void *address, size_t length, int flags); /* there is nothing to write back: 0 */
int mlock(const void *address, size_t length); /* all memory is locked: 0 */
int munlock(const void *address, size_t length);
int mlockall(int flags);
int munlockall(void);

/* Memory objects: /dev/shmem/NAME. Names start with a slash. Size by ftruncate, once. */
int shm_open(const char *name, int oflag, mode_t mode);
int shm_unlink(const char *name);

/* The registers of a device that the manifest gave to this service. EPERM. */
void *mmap_device_memory(void *address, size_t length, int prot, int flags, uint64_t physical);
int munmap_device_memory(void *address, size_t length);

/* The physical address of DMA memory, and how many bytes are contiguous from there (QNX). EPERM,
 * ENXIO. */
int mem_offset64(const void *address, int fd, size_t length, uint64_t *offset, size_t *contiguous);

#ifdef __cplusplus
}
#endif

#endif
