/* SPDX-License-Identifier: Apache-2.0 */
/* service.h - what becomes of services. */
#ifndef PROCMGR_SERVICE_H
#define PROCMGR_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

struct proc_spawn;
struct process;
struct request;
struct service;

/* Starts the services that procmgr starts itself (ham). Stops the system, with a word, where
 * there is none. */
void service_boot(void);
/* Its devices are there? Logs which are not. */
bool service_can_start(struct service *s);
/* Its process is about to run. */
void service_starts(struct service *s, int pid);
/* What came of spawn_service(). */
void service_spawned(struct service *s, long error);
/* Its process has ended and is settled. */
void service_ended(struct service *s, int status);
/* The time of a delayed start has come. */
void service_timer(void);
/* The boot service's heartbeat has passed once more: kills it when it is hung. */
void service_watch(void);
/* Arguments, environment and "/" from the manifest, at the end of the area; fills in head's
 * counts. 0, -E2BIG. */
long service_strings(const struct service *s, struct proc_spawn *head, uint8_t *area,
	uint32_t size);

long service_state_request(struct request *r);
long service_info_request(struct request *r);

#endif
