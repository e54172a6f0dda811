/* SPDX-License-Identifier: Apache-2.0 */
/* device.h - the devices that the manifest gives to services, as the device tree describes them. */
#ifndef PROCMGR_DEVICE_H
#define PROCMGR_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

struct object;
struct process;
struct request;
struct service;

/* False: no good device tree. */
bool device_init(const void *tree, uint64_t size, const void *manifest);
/* The tree's model and the seed that the firmware left in it. */
const char *device_model(void);
uint64_t device_seed(void);

/* All that the service needs is there? Logs what is missing. */
bool device_ready(const struct service *s);
/* Lets the process attach the service's interrupts, or takes them back. */
void device_grant(const struct service *s, int pid);
void device_revoke(const struct service *s);
/* Is the physical range part of the registers (whole pages) of a device of the process's
 * service? */
bool device_allows(const struct process *p, uint64_t physical, uint64_t length);

/* A DMA object whose process has ended: held until the service says that the device was reset. */
void device_quarantine(struct service *s, struct object *o);

long device_request(struct request *r);
long device_property_request(struct request *r);
long device_reset_request(struct request *r);

#endif
