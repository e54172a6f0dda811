/* SPDX-License-Identifier: Apache-2.0 */
/* ham.h - what the files of the program ham share: its entities and the calls between its
 * files. One thread; no locks. */
#ifndef HAM_H
#define HAM_H

#include <stdbool.h>
#include <stdint.h>

#include <skink/ham_msg.h>
#include <skink/manifest.h>
#include <skink/procmgr_msg.h>

#include "policy.h"

/* ---- proc.c: the only way out of ham; each is a message to procmgr, >= 0 is good ---- */

long proc_service_info(uint32_t service, struct proc_service_info *info);
long proc_service_state(uint32_t service, enum proc_service_state state);
long proc_process_info(int pid, struct skink_process_info *info);
/* What the threads of the system have to do with process `pid`. */
struct proc_threads {
	bool awaited; /* somebody is blocked in REPLY on it */
	bool ready; /* one of its own could run */
	bool at_procmgr; /* one of its own waits for procmgr, which does not hang */
};
void proc_threads(int pid, struct proc_threads *threads);
long proc_kill(int pid);
long proc_death_read(uint64_t after, struct proc_death *death);
long proc_death_notify(const struct skink_event *ev);
long proc_path_attach(int chid, const char *path);
long proc_keep_open(const char *name, uint64_t bytes, struct proc_keep_reply *reply);
long proc_reset(int status);
/* One line to the system's log. */
void proc_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- start.c: starts a service's process ---- */

/* `session_program`: run in place of the session's program (NULL: run that). Returns the pid. */
long start_service(
    const struct skink_manifest *manifest, uint32_t service, const char *session_program);

/* ---- entity.c: the entities, their records in keep memory, and the hands of the policy ---- */

/* What the log is to say of an entity. */
struct entity_line {
	uint8_t state; /* that it has come to; HAM_STOPPED, of which nothing is told: no line */
	uint8_t cold;
	uint16_t recent;
	int32_t end; /* last_status; < 0: -last_error */
	int32_t value; /* KILLING: pid; else the delay, ms */
};

/* What is kept of an entity. */
struct entity_record {
	struct policy_entity policy;
	int32_t pid; /* 0: no process */
	uint32_t todo; /* POLICY_DO bits decided and not done yet */
	int32_t last_status;
	int32_t last_error; /* of a refused start */
	uint32_t restarts;
	uint32_t colds;
	uint32_t deaths;
	struct entity_line line; /* owed to the log */
	uint64_t started_ns;
};
_Static_assert(sizeof(struct entity_record) % 8 == 0, "struct entity_record");

/* What is kept of ham as a whole. */
struct ham_record {
	uint64_t death_number; /* of the last death dealt with */
	uint64_t hung;
	uint32_t instance;
	uint32_t entities; /* a record of another manifest is none */
};
_Static_assert(sizeof(struct ham_record) % 8 == 0, "struct ham_record");

struct entity {
	uint32_t service; /* its number */
	bool changed; /* since it was committed */
	const struct skink_service *entry; /* in the manifest, in place */
	const char *name;
	struct policy_rule rule;
	struct entity_record kept; /* as last committed, or about to be */
};

void entities_open(const struct skink_manifest *manifest, int instance_pid);
uint32_t entity_count(void);
struct entity *entity_at(uint32_t service); /* 1..count; NULL: no such */
struct entity *entity_named(const char *name);
struct entity *entity_of_pid(int pid);
void entity_feed(struct entity *e, enum policy_event event, int32_t status);
/* Does what is decided and possible now, until nothing is left; true if there was anything. */
bool entities_settle(void);
/* Reads the deaths that procmgr knows and ham does not. */
void entities_read_deaths(void);
/* TIMER to those that are due; returns when the next one is (UINT64_MAX: never). */
uint64_t entities_run_timers(uint64_t now_ns);
void entity_describe(const struct entity *e, uint64_t now_ns, struct ham_entity_info *info);
const struct ham_record *ham_kept(void);
void ham_count_hung(void);
bool entity_is_settled(const struct entity *e);

/* ---- watch.c: coming up, and silence ---- */

/* Looks at all; returns when to look again (UINT64_MAX: not until something changes). */
uint64_t watch_look(uint64_t now_ns);
/* A process was started: look soon. */
void watch_start(bool again);

/* ---- serve.c: /dev/ham ---- */

union serve_buffer {
	struct ham_request request;
	uint8_t bytes[1200];
};
void serve_message(long rcvid, const union serve_buffer *buffer, const struct _msg_info *info);

/* ---- ham.c ---- */

uint64_t now_ns(void);

#endif
