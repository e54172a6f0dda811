/* SPDX-License-Identifier: Apache-2.0 */
/* devc.h - the terminal server's parts: main.c starts it and moves bytes between UART and terminal;
 * serve.c answers clients. */
#ifndef DEVC_H
#define DEVC_H

#include "tty.h"
#include "uart.h"

#define READ_MAX	512		/* bytes that one read returns at most */
#define DEFERRED_MAX	24		/* requests that wait */
#define BACKGROUND_MAX	16		/* of these, reads in the background */

/* What outlives it. */
struct devc_kept {
	struct tty	tty;
	uint32_t	clock_hz;	/* of the UART: 0: not told */
	uint32_t	reg_shift;
};

struct devc {
	struct server_context *sc;
	struct tty	*tty;		/* the kept one */
	struct uart	uart;
	struct driver_interrupt interrupt;
	struct driver_timer timer;	/* VTIME, and the wait for the last byte to leave */
	uint64_t	last_rx_ns;
	iofunc_attr_t	attr;
	iofunc_notify_t	notify;
	struct request_queue readers, writers, drainers;
	resmgr_connect_funcs_t connect;
	resmgr_io_funcs_t io;
};

/* main.c */
void devc_input(struct devc *d);		/* rx ring to readers' ring, signals sent */
void devc_transmit(struct devc *d);
int devc_is_drained(struct devc *d);

/* serve.c */
int devc_serve(struct devc *d, int argc, char **argv);	/* fills the tables, attaches the paths */
void devc_go_on(struct devc *d);		/* whatever waits and can be answered now */

#endif
