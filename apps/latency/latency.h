/* SPDX-License-Identifier: Apache-2.0 */
/* latency.h - the parts of `latency`. */
#ifndef LATENCY_LATENCY_H
#define LATENCY_LATENCY_H

#include <stdint.h>

/* Sorts the samples, and prints a row of the table; `count` is at least 1. */
void report(const char *name, uint32_t *samples, long count, int histogram);

#endif
