/* SPDX-License-Identifier: Apache-2.0 */
/* device.c - devices that the manifest grants: where they are, their registers, memory for them.
 * Owns the requests to procmgr; never touches a device. */
#include <errno.h>
#include <string.h>

#include <skink/driver.h>
#include <skink/procmgr.h>

static int
map(struct proc_mmap *m, uint64_t *address)
{
	struct proc_mmap_reply reply = {0};
	long r = procmgr_ask(PROC_MMAP, m, sizeof(*m), &reply, sizeof(reply));

	*address = reply.address;
	return r < 0 ? (int)-r : 0;
}

int
driver_device(unsigned index, struct driver_device *device)
{
	struct proc_device m = {.index = index};
	struct proc_device_reply reply = {0};
	struct proc_mmap mm = {
	    .coid = -1, .prot = SKINK_PROT_READ | SKINK_PROT_WRITE, .flags = PROC_MAP_PHYSICAL};
	uint64_t address, start;
	int error;
	long r;

	memset(device, 0, sizeof(*device));
	r = procmgr_ask(PROC_DEVICE, &m, sizeof(m), &reply, sizeof(reply));
	if (r < 0)
		return (int)-r;
	memcpy(device->path, reply.path, sizeof(device->path));
	memcpy(device->compatible, reply.compatible, sizeof(device->compatible));
	device->interrupt_count = reply.interrupt_count;
	memcpy(device->interrupts, reply.interrupts, sizeof(device->interrupts));
	if (reply.range_count == 0)
		return 0;
	start = reply.ranges[0].start;
	mm.offset = start & ~(SKINK_PAGE - 1);
	mm.length = (start - mm.offset + reply.ranges[0].size + SKINK_PAGE - 1) & ~(SKINK_PAGE - 1);
	error = map(&mm, &address);
	if (error != 0)
		return error;
	device->regs = (volatile uint8_t *)(address + (start - mm.offset));
	device->regs_len = reply.ranges[0].size;
	return 0;
}

int
driver_property(unsigned index, const char *name, uint32_t *value)
{
	struct proc_device m = {.index = index};
	struct proc_property_reply reply = {0};
	long r;

	if (strlen(name) >= sizeof(m.property))
		return EINVAL;
	strcpy(m.property, name);
	r = procmgr_ask(PROC_DEVICE_PROPERTY, &m, sizeof(m), &reply, sizeof(reply));
	if (r < 0)
		return (int)-r;
	if (reply.length < 4)
		return EINVAL;
	*value = (uint32_t)reply.bytes[0] << 24 | (uint32_t)reply.bytes[1] << 16 |
	    (uint32_t)reply.bytes[2] << 8 | reply.bytes[3];
	return 0;
}

int
driver_dma(size_t len, void **memory, uint64_t *physical)
{
	struct proc_mmap mm = {.coid = -1,
	    .length = (len + SKINK_PAGE - 1) & ~(SKINK_PAGE - 1),
	    .prot = SKINK_PROT_READ | SKINK_PROT_WRITE,
	    .flags = PROC_MAP_DMA};
	struct proc_range where = {.length = mm.length};
	struct proc_physical_reply reply = {0};
	int error = map(&mm, &where.address);
	long r;

	if (error != 0)
		return error;
	r = procmgr_ask(PROC_PHYSICAL, &where, sizeof(where), &reply, sizeof(reply));
	if (r < 0)
		return (int)-r;
	*memory = (void *)where.address;
	*physical = reply.physical;
	return 0;
}

int
driver_reset_done(void)
{
	struct proc_simple m;

	return (int)-procmgr_ask(PROC_DMA_RESET_DONE, &m, sizeof(m), NULL, 0);
}
