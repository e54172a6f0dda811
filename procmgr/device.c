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
#include "tree.h"

static const void *tree;
static const struct skink_manifest *manifest;
static struct tree_facts facts;
static struct tree_device *devices; /* of all services, in their order */

/* Devices of the services before `number`. */
static uint32_t
devices_before(uint32_t number)
{
	const struct skink_service *entries = skink_manifest_services(manifest);
	uint32_t count = 0;

	for (uint32_t i = 0; i + 1 < number; i++) /* <= SKINK_SERVICES_MAX */
		count += entries[i].devices.count;
	return count;
}

static const struct skink_device *
entry_devices(const struct skink_service *entry)
{
	return (const void *)((const char *)manifest + entry->devices.offset);
}

bool
device_init(const void *fdt, uint64_t size, const void *compiled)
{
	const struct skink_service *entries = skink_manifest_services(compiled);
	uint32_t count, frame, at = 0;

	manifest = compiled;
	count = devices_before(manifest->services.count + 1);
	frame = pages_contiguous(PAGE_UP((count + 1) * sizeof(*devices)));
	if (frame == 0)
		return false;
	devices = frame_memory(frame);
	memset(devices, 0, count * sizeof(*devices));
	for (uint32_t i = 0; i < manifest->services.count; i++)
		for (uint32_t k = 0; k < entries[i].devices.count; k++)
			devices[at++].path =
			    skink_manifest_string(manifest, entry_devices(&entries[i])[k].path);
	tree = fdt;
	return tree_read(fdt, size, devices, count, &facts);
}

const char *
device_model(void)
{
	return facts.model != NULL ? facts.model : "unknown";
}

uint64_t
device_seed(void)
{
	return facts.seed;
}

static const struct skink_device *
service_devices(const struct service *s)
{
	return entry_devices(s->entry);
}

/* A device of the service, 0 .. its number of devices - 1. */
static const struct tree_device *
device_of(const struct service *s, uint32_t index)
{
	return &devices[devices_before(s->number) + index];
}

bool
device_ready(const struct service *s)
{
	bool ready = true;

	for (uint32_t i = 0; i < s->entry->devices.count; i++) {
		const struct skink_device *d = &service_devices(s)[i];

		if (device_of(s, i)->node >= 0 || (d->flags & SKINK_DEVICE_OPTIONAL))
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
		const struct tree_device *d = device_of(s, i);

		if (!(service_devices(s)[i].flags & SKINK_DEVICE_INTERRUPTS))
			continue;
		for (uint32_t k = 0; k < d->interrupt_count; k++)
			if (skink_p_interrupt_grant(pid, d->interrupts[k]) < 0 && pid != 0)
				log_line("service %s: interrupt %d is not free", s->name,
				    (int)d->interrupts[k]);
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

	if (!process_is_service(p))
		return false;
	for (uint32_t i = 0; i < s->entry->devices.count; i++) {
		const struct tree_device *d = device_of(s, i);

		for (uint32_t k = 0; k < d->range_count; k++) {
			uint64_t start = d->ranges[k].start & ~(uint64_t)(PAGE_SIZE - 1);
			uint64_t end = PAGE_UP(d->ranges[k].start + d->ranges[k].size)
			    << PAGE_SHIFT;

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

/* The device that a request names. */
static long
find(struct request *r, uint32_t index, const struct tree_device **d)
{
	struct service *s = process_owner(r->process);

	if (!process_is_service(r->process))
		return -SK_EPERM;
	if (index >= s->entry->devices.count)
		return -SK_ENOENT;
	*d = device_of(s, index);
	return (*d)->node < 0 ? -SK_ENODEV : 0;
}

long
device_request(struct request *r)
{
	const struct proc_device *m = (const void *)r->bytes;
	const struct tree_device *d;
	struct proc_device_reply *reply;
	long error = find(r, m->index, &d);

	if (error < 0)
		return error;
	reply = request_reply(r, sizeof(*reply));
	strncpy(reply->path, d->path, sizeof(reply->path) - 1);
	if (d->compatible != NULL)
		strncpy(reply->compatible, d->compatible, sizeof(reply->compatible) - 1);
	reply->range_count = d->range_count;
	reply->interrupt_count = d->interrupt_count;
	memcpy(reply->ranges, d->ranges, sizeof(reply->ranges));
	memcpy(reply->interrupts, d->interrupts, sizeof(reply->interrupts));
	return 0;
}

long
device_property_request(struct request *r)
{
	const struct proc_device *m = (const void *)r->bytes;
	const struct tree_device *d;
	struct proc_property_reply *reply;
	const void *value;
	int length;
	long error = find(r, m->index, &d);

	if (error < 0)
		return error;
	if (m->property[sizeof(m->property) - 1] != 0)
		return -SK_EINVAL;
	value = fdt_getprop(tree, d->node, m->property, &length);
	if (value == NULL)
		return -SK_ENOENT;
	reply = request_reply(r, sizeof(*reply));
	reply->length = length;
	memcpy(reply->bytes, value, length < 252 ? length : 252);
	return 0;
}
