/* SPDX-License-Identifier: Apache-2.0 */
/*
 * skink/driver.h - what a driver adds to a server (skink/server.h): its device, its interrupt, its
 * DMA memory. A driver gets only what the manifest grants its service, by place: device 0 is the
 * first of `devices`.
 *
 * Order of a start, both FRESH and RESTART:
 *	1. driver_device: find and map
 *	2. reset the device, so that it neither interrupts nor touches memory
 *	3. driver_reset_done: memory that an earlier instance gave to the device is free now
 *	4. driver_dma, fill in what the device shall find, driver_interrupt, start it
 * A device that cannot touch memory and whose buffers still hold data (a UART) is not reset
 * on RESTART: see devc-ns16550.
 *
 * Functions return 0, or an errno.
 */
#ifndef SKINK_DRIVER_H
#define SKINK_DRIVER_H

#include <stddef.h>
#include <stdint.h>

#include <skink/server.h>

struct driver_device {
	char		path[64];		/* in the device tree */
	char		compatible[64];
	volatile uint8_t *regs;			/* the first range of registers, mapped */
	size_t		regs_len;		/* bytes */
	unsigned	interrupt_count;
	uint32_t	interrupts[8];
};

/* ENOENT: the manifest names no device `index`; ENODEV: an optional one that this board lacks. */
int driver_device(unsigned index, struct driver_device *device);

/* A 32-bit cell of a property of device `index`. ENOENT: it has none. */
int driver_property(unsigned index, const char *name, uint32_t *value);

/*
 * Calls func in the server's loop when the device's interrupt `which` fires. The source stays
 * masked until driver_unmask, which func calls when the device is quiet. `priority`: at which the
 * loop runs then; the server's own when -1.
 */
struct driver_interrupt {
	int	id;
	void	(*func)(struct driver_interrupt *interrupt);
	void	*handle;		/* func's own */
};
int driver_interrupt(struct server_context *sc, const struct driver_device *device, unsigned which,
	int priority, struct driver_interrupt *interrupt);
void driver_unmask(const struct driver_interrupt *interrupt);

/* A one-shot timer whose func is called in the server's loop. */
struct driver_timer {
	int	id;
	void	(*func)(struct driver_timer *timer);
	void	*handle;
};
int driver_timer(struct server_context *sc, struct driver_timer *timer);
void driver_timer_set(const struct driver_timer *timer, uint64_t after_ns);	/* 0: stops it */
uint64_t driver_now_ns(void);		/* monotonic */

/* Physically contiguous, zeroed memory that a device may be told of. Needs the DMA ability. It
 * lies in quarantine when its owner dies, until the next instance says driver_reset_done. */
int driver_dma(size_t len, void **memory, uint64_t *physical);
int driver_reset_done(void);

/* Registers. The accessors keep the order of accesses to devices among themselves and to memory. */
static inline uint8_t
reg_read8(const struct driver_device *d, size_t offset)
{
	uint8_t v = d->regs[offset];

	__asm__ volatile("fence i, rw" : : : "memory");
	return v;
}

static inline void
reg_write8(const struct driver_device *d, size_t offset, uint8_t value)
{
	__asm__ volatile("fence rw, o" : : : "memory");
	d->regs[offset] = value;
}

static inline uint32_t
reg_read32(const struct driver_device *d, size_t offset)
{
	uint32_t v = *(const volatile uint32_t *)(d->regs + offset);

	__asm__ volatile("fence i, rw" : : : "memory");
	return v;
}

static inline void
reg_write32(const struct driver_device *d, size_t offset, uint32_t value)
{
	__asm__ volatile("fence rw, o" : : : "memory");
	*(volatile uint32_t *)(d->regs + offset) = value;
}

#endif
