/* SPDX-License-Identifier: Apache-2.0 */
/*
 * skink/ham_msg.h - the messages that ham answers at /dev/ham. Programs use skink/ham.h.
 *
 * open("/dev/ham") connects; each message is then sent over that descriptor. Every message starts
 * with struct ham_request; the reply is the structure named below it, with status EOK. Errors:
 *   ENOSYS   version or type unknown to this ham: ask again in an older version
 *   EINVAL   too short, or a field that must be 0 is not
 *   ESRCH    no entity of that name, or none after that number
 *   EPERM    a command from a process without the KILL ability
 * No request blocks: a command is answered when it has been taken down, not when it is done.
 */
#ifndef SKINK_HAM_MSG_H
#define SKINK_HAM_MSG_H

#include <skink/types.h>

#define HAM_PATH    "/dev/ham"
#define HAM_VERSION 1

/* Message types, in the range that QNX leaves to programs (above _IO_MAX). */
#define HAM_TYPE 0x4800
enum ham_request_kind {
	HAM_ENTITY_NEXT, /* the first entity with a number above `number`: struct ham_entity_info */
	HAM_ENTITY_GET, /* the entity called `name`: struct ham_entity_info */
	HAM_START, /* commands on the entity called `name`: no reply data */
	HAM_STOP,
	HAM_RESTART,
	HAM_STATUS, /* struct ham_status_info */
};

struct ham_request {
	uint16_t type; /* HAM_TYPE */
	uint16_t version; /* HAM_VERSION */
	uint32_t kind; /* enum ham_request_kind */
	uint32_t number; /* ENTITY_NEXT: service number; others: 0 */
	uint32_t zero;
	char name[SKINK_NAME_MAX];
};
_Static_assert(sizeof(struct ham_request) == 40, "struct ham_request");

/* The states of an entity; docs/ham.md draws the machine. X(NAME, has a process) */
#define HAM_STATES(X) \
	X(STOPPED, 0) /* nobody asked for it */ \
	X(WAITING, 0) /* for the services it comes after */ \
	X(STARTING, 1) /* not up yet */ \
	X(COLD_STARTING, 1) /* the same, without its keep memory */ \
	X(RUNNING, 1) \
	X(KILLING, 1) /* hung, and killed by ham */ \
	X(RESTARTING, 1) /* killed on an operator's word, to start again */ \
	X(STOPPING, 1) /* killed on an operator's word */ \
	X(BACKING_OFF, 0) /* failed; starts again after a delay */ \
	X(ENDED, 0) /* ended as its policy allows */ \
	X(GIVEN_UP, 0) /* failed too often */ \
	X(ABSENT, 0) /* the board lacks its device */
enum ham_state {
#define HAM_STATE_ENUM(name, process) HAM_##name,
	HAM_STATES(HAM_STATE_ENUM)
#undef HAM_STATE_ENUM
	    HAM_STATE_COUNT
};

struct ham_entity_info {
	uint32_t number; /* service number, 1.. */
	uint32_t state; /* enum ham_state */
	int32_t pid; /* 0: none */
	uint32_t restarts; /* since boot, operators' not counted */
	uint32_t recent; /* of these, inside the window that ends now */
	uint32_t colds; /* cold starts since boot */
	uint32_t deaths; /* since boot */
	int32_t last_status; /* of its last death, skink/status.h; 0: none yet, or exit 0 */
	uint64_t started_ns; /* when its process was started, monotonic; 0: none */
	uint64_t deadline_ns; /* BACKING_OFF, (COLD_)STARTING: when that ends; 0: not set */
	char name[SKINK_NAME_MAX];
};
_Static_assert(sizeof(struct ham_entity_info) == 72, "struct ham_entity_info");

struct ham_status_info {
	uint32_t version; /* HAM_VERSION of this ham */
	uint32_t entities;
	uint32_t settled; /* of these, settled: nothing more to come from them at this boot */
	uint32_t instance; /* 1 for the first ham of this boot */
	uint64_t hung; /* entities found hung since boot */
	uint64_t now_ns;
};
_Static_assert(sizeof(struct ham_status_info) == 32, "struct ham_status_info");

#endif
