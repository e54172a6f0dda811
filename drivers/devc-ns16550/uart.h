/* SPDX-License-Identifier: Apache-2.0 */
/* uart.h - a 16550: bytes in, bytes out, its interrupts. */
#ifndef DEVC_UART_H
#define DEVC_UART_H

#include <skink/driver.h>

struct uart {
	struct driver_device device;
	unsigned	shift;		/* registers are 1 << shift bytes apart */
	uint8_t		enabled;	/* what its interrupt enable register holds */
	unsigned	burst;		/* bytes that it takes before it must be asked again */
};

/* Bits of uart_status. */
#define UART_HAS_BYTE		0x01
#define UART_OVERRUN		0x02
#define UART_BAD		0x1c	/* parity, framing, break */
#define UART_TAKES_BYTES	0x20
#define UART_IS_IDLE		0x40

/* Line, FIFOs and interrupts on. Bytes in its FIFOs stay: it moves no memory, and they are wanted.
 */
void uart_start(struct uart *u, uint32_t clock_hz, uint32_t baud);
uint8_t uart_status(struct uart *u);
uint8_t uart_take(struct uart *u);			/* after UART_HAS_BYTE */
void uart_acknowledge(struct uart *u);			/* of the transmitter's interrupt */
int uart_can_send(struct uart *u);
void uart_send(struct uart *u, uint8_t byte);		/* after uart_can_send */
void uart_ask_when_empty(struct uart *u, int on);	/* the transmitter's interrupt */

#endif
