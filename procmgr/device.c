/* SPDX-License-Identifier: Apache-2.0 */
/* device.c - devices by device-tree path: registers, interrupts, properties, for the service that
 * the manifest gives them to; and the DMA memory of its dead instances. Never touches a device. */
#include <libfdt.h>
#include <string.h>

#include <skink/errno.h>

#include "device.h"
#include "job.h"
#include "log.h"
#include "loop.h"
#include "nucleus.h"
#include "object.h"
#include "pages.h"
#include "process.h"
#include "request.h"

static const void *tree;
static const struct skink_manifest *manifest;
static uint64_t seed; /* of the tree's rng-seed: a search is half a million instructions */

static uint64_t
read_seed(void)
{
	int length, chosen = fdt_path_offset(tree, "/chosen");
	const uint8_t *bytes = chosen < 0 ? NULL : fdt_getprop(tree, chosen, "rng-seed", &length);
	uint64_t value = 0xcbf29ce484222325; /* FNV-1a */

	for (int i = 0; bytes != NULL && i < length; i++)
		value = (value ^ bytes[i]) * 0x100000001b3;
	return value;
}

bool
device_init(const void *fdt, uint64_t size, const void *compiled)
{
	manifest = compiled;
	if (fdt_check_header(fdt) != 0 || fdt_totalsize(fdt) > size)
		return false;
	tree = fdt;
	seed = read_seed();
	return true;
}

const char *
device_model(void)
{
	const char *model = fdt_getprop(tree, 0, "model", NULL);

	return model != NULL ? model : "unknown";
}

uint64_t
device_seed(void)
{
	return seed;
}

static const struct skink_device *
service_devices(const struct service *s)
{
	return (const void *)((const char *)manifest + s->entry->devices.offset);
}

/* The node of a device of the service; < 0: none. */
static int
device_node(const struct service *s, uint32_t index)
{
	return fdt_path_offset(
	    tree, skink_manifest_string(manifest, service_devices(s)[index].path));
}

static uint64_t
cells(const fdt32_t *p, int count)
{
	uint64_t value = 0;

	for (; count > 0; count--)
		value = value << 32 | fdt32_to_cpu(*p++);
	return value;
}

/* One of the node's register ranges, as the processor sees it. Buses between must map one to
 * one. */
static bool
device_range(int node, int index, struct skink_range *range)
{
	int length, parent = fdt_parent_offset(tree, node);
	const fdt32_t *reg = fdt_getprop(tree, node, "reg", &length);
	int a = parent < 0 ? -1 : fdt_address_cells(tree, parent);
	int s = parent < 0 ? -1 : fdt_size_cells(tree, parent);

	if (reg == NULL || a < 1 || s < 1 || length / 4 < (a + s) * (index + 1))
		return false;
	reg += (a + s) * index;
	range->start = cells(reg, a);
	range->size = cells(reg + a, s);
	return true;
}

/* One of its interrupt sources at the controller; 0: none. Plain numbers, one cell or more each,
 * by the parent's #interrupt-cells. */
static uint32_t
device_interrupt(int node, int index)
{
	int length, parent = -1, count = 1;
	const fdt32_t *irq = fdt_getprop(tree, node, "interrupts", &length), *p;

	for (int at = node; at >= 0 && parent < 0; at = fdt_parent_offset(tree, at)) {
		p = fdt_getprop(tree, at, "interrupt-parent", NULL);
		if (p != NULL)
			parent = fdt_node_offset_by_phandle(tree, fdt32_to_cpu(*p));
	}
	p = parent < 0 ? NULL : fdt_getprop(tree, parent, "#interrupt-cells", NULL);
	if (p != NULL)
		count = fdt32_to_cpu(*p);
	if (irq == NULL || count < 1 || length / 4 < count * (index + 1))
		return 0;
	return fdt32_to_cpu(irq[count * index]);
}

bool
device_ready(const struct service *s)
{
	bool ready = true;

	for (uint32_t i = 0; i < s->entry->devices.count; i++) {
		const struct skink_device *d = &service_devices(s)[i];

		if (device_node(s, i) >= 0 || (d->flags & SKINK_DEVICE_OPTIONAL))
			continue;
		log_line("service %s: needs device %s, which this board has not", s->name,
		    skink_manifest_string(manifest, d->path));
		ready = false;
	}
	return ready;
}

static void
interrupts_to(const struct service *s, int pid)
{
	for (uint32_t i = 0; i < s->entry->devices.count; i++) {
		int node = device_node(s, i);

		if (node < 0 || !(service_devices(s)[i].flags & SKINK_DEVICE_INTERRUPTS))
			continue;
		for (int k = 0; k < PROC_DEVICE_INTERRUPTS; k++) {
			uint32_t source = device_interrupt(node, k);

			if (source == 0)
				break;
			if (skink_p_interrupt_grant(pid, source) < 0 && pid != 0)
				log_line(
				    "service %s: interrupt %d is not free", s->name, (int)source);
		}
	}
}

void
device_grant(const struct service *s, int pid)
{
	interrupts_to(s, pid);
}

void
device_revoke(const struct service *s)
{
	interrupts_to(s, 0);
}

bool
device_allows(const struct process *p, uint64_t physical, uint64_t length)
{
	const struct service *s = process_owner(p);
	struct skink_range range;

	if (!process_is_service(p))
		return false;
	for (uint32_t i = 0; i < s->entry->devices.count; i++) {
		int node = device_node(s, i);

		for (int k = 0; node >= 0 && k < PROC_DEVICE_RANGES; k++) {
			uint64_t start, end;

			if (!device_range(node, k, &range))
				break;
			start = range.start & ~(uint64_t)(PAGE_SIZE - 1);
			end =
			    (range.start + range.size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
			if (physical >= start && physical < end && length <= end - physical)
				return true;
		}
	}
	return false;
}

void
device_quarantine(struct service *s, struct object *o)
{
	object_pay(o, &s->account);
	link_remove(&o->link);
	link_before(&s->quarantine, &o->link);
	s->quarantine_pages += o->pages;
	log_line("service %s: %d pages of DMA memory in quarantine", s->name, (int)o->pages);
}

long
device_reset_request(struct request *r)
{
	struct service *s = process_owner(r->process);

	if (!process_is_service(r->process) || !process_has(r->process, SKINK_AB_DMA))
		return -SK_EPERM;
	while (s->quarantine.next != &s->quarantine) { /* each one run */
		struct object *o = CONTAINER(s->quarantine.next, struct object, link);

		s->quarantine_pages -= o->pages;
		link_remove(&o->link);
		job_bury(o, r->info.priority);
	}
	return 0;
}

/* The device a request names, and its node. */
static long
find(struct request *r, uint32_t index, int *node)
{
	struct service *s = process_owner(r->process);

	if (!process_is_service(r->process))
		return -SK_EPERM;
	if (index >= s->entry->devices.count)
		return -SK_ENOENT;
	*node = device_node(s, index);
	return *node < 0 ? -SK_ENODEV : 0;
}

long
device_request(struct request *r)
{
	const struct proc_device *m = (const void *)r->bytes;
	struct proc_device_reply *reply;
	const char *compatible;
	int node;
	long error = find(r, m->index, &node);

	if (error < 0)
		return error;
	reply = request_reply(r, sizeof(*reply));
	fdt_get_path(tree, node, reply->path, sizeof(reply->path));
	compatible = fdt_getprop(tree, node, "compatible", NULL);
	if (compatible != NULL)
		strncpy(reply->compatible, compatible, sizeof(reply->compatible) - 1);
	while (reply->range_count < PROC_DEVICE_RANGES &&
	    device_range(node, reply->range_count, &reply->ranges[reply->range_count]))
		reply->range_count++;
	while (reply->interrupt_count < PROC_DEVICE_INTERRUPTS) {
		uint32_t source = device_interrupt(node, reply->interrupt_count);

		if (source == 0)
			break;
		reply->interrupts[reply->interrupt_count++] = source;
	}
	return 0;
}

long
device_property_request(struct request *r)
{
	const struct proc_device *m = (const void *)r->bytes;
	struct proc_property_reply *reply;
	const void *value;
	int node, length;
	long error = find(r, m->index, &node);

	if (error < 0)
		return error;
	if (m->property[sizeof(m->property) - 1] != 0)
		return -SK_EINVAL;
	value = fdt_getprop(tree, node, m->property, &length);
	if (value == NULL)
		return -SK_ENOENT;
	reply = request_reply(r, sizeof(*reply));
	reply->length = length;
	memcpy(reply->bytes, value, length < 252 ? length : 252);
	return 0;
}
