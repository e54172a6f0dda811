/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - the system log. */
#ifndef PROCMGR_LOG_H
#define PROCMGR_LOG_H

#include <stdbool.h>
#include <stdint.h>

struct process;
struct request;

/* bytes: a power of two. False: no memory. */
bool log_init(uint32_t bytes);
/* A line of procmgr's own, in text.h's format. */
void log_line(const char *format, ...);
long log_write_request(struct request *r);
long log_read_request(struct request *r);
/* The process has ended: nobody of it waits any more. */
void log_forget(const struct process *p);

#endif
