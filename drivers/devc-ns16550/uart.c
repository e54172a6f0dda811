/* SPDX-License-Identifier: Apache-2.0 */
/* uart.c - the registers of a 16550. Owns them; knows nothing of terminals. */
#include "uart.h"

enum { RBR = 0, THR = 0, DLL = 0, IER = 1, DLM = 1, IIR = 2, FCR = 2, LCR = 3, MCR = 4, LSR = 5 };
#define IER_RX     0x01
#define IER_TX     0x02
#define IER_LINE   0x04
#define FCR_ENABLE 0x01
#define LCR_8N1    0x03
#define LCR_DLAB   0x80
#define MCR_ON     0x0b /* DTR, RTS, interrupt line */
#define FIFO       16

static uint8_t
get(struct uart *u, unsigned reg)
{
	return reg_read8(&u->device, (size_t)reg << u->shift);
}

static void
set(struct uart *u, unsigned reg, uint8_t value)
{
	reg_write8(&u->device, (size_t)reg << u->shift, value);
}

void
uart_start(struct uart *u, uint32_t clock_hz, uint32_t baud)
{
	uint32_t divisor = clock_hz / 16 / baud;

	set(u, IER, 0);
	if (divisor > 0 && divisor <= UINT16_MAX) {
		set(u, LCR, LCR_8N1 | LCR_DLAB);
		set(u, DLL, (uint8_t)divisor);
		set(u, DLM, (uint8_t)(divisor >> 8));
	}
	set(u, LCR, LCR_8N1);
	set(u, FCR, FCR_ENABLE);
	set(u, MCR, MCR_ON);
	u->enabled = IER_RX | IER_LINE;
	set(u, IER, u->enabled);
}

uint8_t
uart_status(struct uart *u)
{
	return get(u, LSR);
}

uint8_t
uart_take(struct uart *u)
{
	return get(u, RBR);
}

void
uart_acknowledge(struct uart *u)
{
	get(u, IIR);
}

int
uart_can_send(struct uart *u)
{
	if (u->burst == 0 && (get(u, LSR) & UART_TAKES_BYTES))
		u->burst = FIFO;
	return u->burst > 0;
}

void
uart_send(struct uart *u, uint8_t byte)
{
	set(u, THR, byte);
	u->burst--;
}

void
uart_ask_when_empty(struct uart *u, int on)
{
	uint8_t enabled = on ? u->enabled | IER_TX : u->enabled & (uint8_t)~IER_TX;

	if (enabled == u->enabled)
		return;
	u->enabled = enabled;
	set(u, IER, enabled);
}
