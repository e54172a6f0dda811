/* SPDX-License-Identifier: Apache-2.0 */
/* connect.h - who may connect to whose channels by pid and chid. */
#ifndef PROCMGR_CONNECT_H
#define PROCMGR_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

struct request;

/* The table of grants, by the nucleus's channels. False: no memory. */
bool connect_init(uint32_t channel_max);

long connect_request(struct request *r);
long connect_grant_request(struct request *r);

#endif
