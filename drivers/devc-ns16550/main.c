/* SPDX-License-Identifier: Apache-2.0 */
/*
 * devc-ns16550 - the serial line and its terminal.
 *
 *	devc-ns16550 [-n] [-b BAUD] [DEVICE] PATH...
 *
 * Serves the manifest's device 0 as PATH (and under each further PATH). -n: output starts without
 * turning newline into carriage return and newline. DEVICE (a device-tree path) is for the
 * reader of the manifest: it must be the device that was granted.
 *
 * Its whole state is struct devc_kept, in keep memory. What a kill can cost is one byte in the two
 * instructions between a register of the UART and that memory: a received byte is lost, a sent one
 * is sent twice; docs/restart.md.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skink/calls.h>
#include <skink/procmgr.h>

#include "devc.h"

#define RX_BATCH 256 /* bytes taken from the UART before clients get their turn */
#define TX_BATCH 256

static struct devc devc;

/* A group may be told twice when the driver dies here: better than never. */
static void
send_signal(const struct tty *t, int signal)
{
	struct proc_kill m = {.pid = -t->group, .signal = signal};

	if (t->group > 1)
		(void)procmgr_ask(PROC_KILL, &m, sizeof(m), NULL, 0);
}

void
devc_input(struct devc *d)
{
	struct tty *t = d->tty;

	while (tty_has_input(t)) { /* <= TTY_IN + TTY_RX */
		int signal;

		keep_begin(d->sc->keep);
		signal = tty_input(d->sc->keep, t);
		if (signal != 0)
			send_signal(t, signal);
		keep_commit(d->sc->keep);
	}
}

static void
receive(struct devc *d)
{
	struct tty *t = d->tty;
	int got = 0;

	for (int i = 0; i < RX_BATCH; i++) {
		uint8_t status = uart_status(&d->uart);

		if (status & UART_OVERRUN)
			t->counts.overruns++;
		if (status & UART_BAD)
			t->counts.errors++;
		if (!(status & UART_HAS_BYTE))
			break;
		tty_receive(t, uart_take(&d->uart));
		got = 1;
	}
	if (got && t->termios.c_cc[VTIME] != 0)
		d->last_rx_ns = driver_now_ns();
}

void
devc_transmit(struct devc *d)
{
	struct tty *t = d->tty;
	int c = -1;

	for (int i = 0; i < TX_BATCH; i++) {
		c = tty_peek(t);
		if (c < 0 || !uart_can_send(&d->uart))
			break;
		uart_send(&d->uart, (uint8_t)c);
		tty_sent(t);
	}
	uart_ask_when_empty(&d->uart, tty_peek(t) >= 0);
}

int
devc_is_drained(struct devc *d)
{
	return tty_peek(d->tty) < 0 && (uart_status(&d->uart) & UART_IS_IDLE) != 0;
}

static void
on_interrupt(struct driver_interrupt *interrupt)
{
	struct devc *d = interrupt->handle;

	receive(d);
	uart_acknowledge(&d->uart);
	devc_transmit(d);
	driver_unmask(interrupt);
}

static void
on_timer(struct driver_timer *timer)
{
	(void)timer; /* devc_go_on looks at the clock */
}

static int
start_device(struct devc *d, enum server_start start, uint32_t baud)
{
	struct devc_kept *kept = d->sc->state;
	int error = driver_device(0, &d->uart.device);

	if (error != 0) {
		server_log("no device: error=%d", error);
		return error;
	}
	/* The tree does not change, and clients wait. */
	if (start == SERVER_FRESH) {
		driver_property(0, "clock-frequency", &kept->clock_hz);
		driver_property(0, "reg-shift", &kept->reg_shift);
	}
	d->uart.shift = kept->reg_shift;
	uart_start(&d->uart, kept->clock_hz, baud);
	return 0;
}

static int
init(struct server_context *sc, enum server_start start)
{
	struct devc *d = &devc;
	int onlcr = 1, option, error;
	uint32_t baud = B115200;

	optind = 0; /* picolibc: begin anew */
	while ((option = getopt(sc->argc, sc->argv, "nb:")) != -1) {
		if (option == 'n')
			onlcr = 0;
		else if (option == 'b')
			baud = (uint32_t)strtoul(optarg, NULL, 10);
		else
			return EINVAL;
	}
	if (baud == 0)
		return EINVAL;
	d->sc = sc;
	d->tty = &((struct devc_kept *)sc->state)->tty;
	if (start == SERVER_FRESH) {
		tty_init(d->tty, onlcr);
		d->tty->termios.c_ispeed = d->tty->termios.c_ospeed = baud;
	} else {
		if (!tty_is_sound(d->tty))
			return ESTALE;
		d->tty->counts.restarts++;
	}
	error = start_device(d, start, baud);
	if (error == 0)
		error = driver_timer(sc, &d->timer);
	if (error == 0)
		error = devc_serve(d, sc->argc - optind, sc->argv + optind);
	if (error == 0)
		error = driver_interrupt(sc, &d->uart.device, 0, -1, &d->interrupt);
	return error;
}

static void
idle(struct server_context *sc)
{
	(void)sc;
	devc_go_on(&devc);
}

static const struct server server = {
    .name = "devc-ns16550",
    .layout = 3,
    .state_size = sizeof(struct devc_kept),
    .open_max = 64,
    .deferred_max = DEFERRED_MAX,
    .result_size = READ_MAX,
    .log_size = 512,
    .init = init,
    .idle = idle,
};

int
main(int argc, char **argv)
{
	devc.interrupt = (struct driver_interrupt){.func = on_interrupt, .handle = &devc};
	devc.timer = (struct driver_timer){.func = on_timer, .handle = &devc};
	return server_run(&server, argc, argv);
}
