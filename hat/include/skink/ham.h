/* SPDX-License-Identifier: Apache-2.0 */
/*
 * skink/ham.h - asks ham, the availability manager, about the services and commands them. Link with
 * libham. One connection a process; not to be used by two threads at once.
 *
 * QNX's High Availability Framework has ham_attach(), ham_condition(), ham_action_restart() and
 * more: here the manifest says these things so far, and those functions do not exist. Names that
 * are QNX's do what QNX documents; docs/ham.md lists them.
 */
#ifndef SKINK_HAM_H
#define SKINK_HAM_H

#include <skink/ham_msg.h>

/* QNX's. flags must be 0 (EINVAL). Connects to /dev/ham; again: nothing. 0, or -1 and errno:
 * ENOENT: there is no ham. */
int ham_connect(unsigned flags);
/* QNX's. Closes what ham_connect opened. 0, or -1 and errno: EBADF: not connected. */
int ham_disconnect(unsigned flags);

/*
 * Skink's own. Each connects where ham_connect was not called, waits while ham itself is being
 * restarted, and returns 0, or -1 and errno.
 *   ESRCH  no such entity     EPERM  the caller lacks the KILL ability     ENOENT  there is no ham
 */
/* The entity with the lowest number above `number`; 0 starts. */
int ham_entity_next(unsigned number, struct ham_entity_info *info);
int ham_entity_get(const char *name, struct ham_entity_info *info);
/* Takes down what is wanted and returns; it happens soon. */
int ham_entity_start(const char *name);
int ham_entity_stop(const char *name);
int ham_entity_restart(const char *name);
int ham_status(struct ham_status_info *info);

/* "RUNNING" and the like. */
const char *ham_state_name(unsigned state);

#endif
