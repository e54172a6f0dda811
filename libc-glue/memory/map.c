/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - mapping memory: POSIX's and QNX's names over procmgr's requests. */
#include "../glue.h"

#include <sys/mman.h>

_Static_assert(MAP_SHARED == PROC_MAP_SHARED && MAP_PRIVATE == PROC_MAP_PRIVATE &&
	MAP_FIXED == PROC_MAP_FIXED && MAP_ANON == PROC_MAP_ANON && MAP_PHYS == PROC_MAP_PHYSICAL &&
	MAP_DMA == PROC_MAP_DMA && MAP_STACK == PROC_MAP_GUARD,
    "flags are procmgr's");
_Static_assert(
    PROT_READ == SKINK_PROT_READ && PROT_WRITE == SKINK_PROT_WRITE && PROT_EXEC == SKINK_PROT_EXEC,
    "protections are the nucleus's");

long
glue_map(uint64_t address, size_t length, unsigned prot, unsigned flags, int coid, uint64_t offset)
{
	struct proc_mmap request = {
	    .address = address,
	    .length = length,
	    .offset = offset,
	    .prot = prot,
	    .flags = flags,
	    .coid = coid,
	};
	struct proc_mmap_reply reply;
	long r = procmgr_ask(PROC_MMAP, &request, sizeof(request), &reply, sizeof(reply));

	return r < 0 ? r : (long)reply.address;
}

static long
ask_range(int type, const void *address, size_t length, unsigned prot)
{
	struct proc_range request = {
	    .address = (uintptr_t)address,
	    .length = length,
	    .prot = prot,
	};

	return procmgr_ask(type, &request, sizeof(request), NULL, 0);
}

long
glue_unmap(void *address, size_t length)
{
	return ask_range(PROC_MUNMAP, address, length, 0);
}

void *
mmap(void *address, size_t length, int prot, int flags, int fd, off_t offset)
{
	return (void *)glue_result(glue_map(
	    (uintptr_t)address, length, (unsigned)prot, (unsigned)flags, fd, (uint64_t)offset));
}

int
munmap(void *address, size_t length)
{
	return (int)glue_result(glue_unmap(address, length));
}

int
mprotect(void *address, size_t length, int prot)
{
	return (int)glue_result(ask_range(PROC_MPROTECT, address, length, (unsigned)prot));
}

void *
mmap_device_memory(void *address, size_t length, int prot, int flags, uint64_t physical)
{
	return mmap(address, length, prot, (flags & MAP_FIXED) | MAP_PHYS | MAP_SHARED, NOFD,
	    (off_t)physical);
}

int
munmap_device_memory(void *address, size_t length)
{
	return munmap(address, length);
}

int
mem_offset64(const void *address, int fd, size_t length, uint64_t *offset, size_t *contiguous)
{
	struct proc_range request = {.address = (uintptr_t)address, .length = length};
	struct proc_physical_reply reply;
	long r;

	if (fd != NOFD)
		return (int)glue_result(-ENOTSUP);
	r = procmgr_ask(PROC_PHYSICAL, &request, sizeof(request), &reply, sizeof(reply));
	if (r < 0)
		return (int)glue_result(r);
	*offset = reply.physical;
	if (contiguous != NULL)
		*contiguous = reply.contiguous_bytes;
	return 0;
}

int
msync(void *address, size_t length, int flags)
{
	(void)address, (void)length, (void)flags;
	return 0;
}

int
mlock(const void *address, size_t length)
{
	(void)address, (void)length;
	return 0;
}

int
munlock(const void *address, size_t length)
{
	(void)address, (void)length;
	return 0;
}

int
mlockall(int flags)
{
	(void)flags;
	return 0;
}

int
munlockall(void)
{
	return 0;
}
