/* SPDX-License-Identifier: Apache-2.0 */
/* skink/tty.h - terminals: struct termios, struct winsize, their constants and the devctl commands
 * that carry them. The structures are the wire format. <termios.h> and <sys/ioctl.h> include this
 * and add the prototypes; devc-ns16550 implements it. */
#ifndef SKINK_TTY_H
#define SKINK_TTY_H

#include <stdint.h>
#include <sys/iomsg.h>

typedef uint32_t tcflag_t;
typedef uint32_t speed_t;
typedef uint8_t cc_t;

/* c_cc */
#define VINTR	0
#define VQUIT	1
#define VERASE	2
#define VKILL	3
#define VEOF	4
#define VTIME	5	/* tenths of a second */
#define VMIN	6
#define VSTART	8
#define VSTOP	9
#define VSUSP	10
#define VEOL	11
#define VWERASE	14
#define VLNEXT	15
#define VEOL2	16
#define NCCS	32

#define _POSIX_VDISABLE	0	/* a c_cc of this value is switched off */

struct termios {
	tcflag_t	c_iflag;
	tcflag_t	c_oflag;
	tcflag_t	c_cflag;
	tcflag_t	c_lflag;
	cc_t		c_cc[NCCS];
	speed_t		c_ispeed;	/* bits per second */
	speed_t		c_ospeed;
};
_Static_assert(sizeof(struct termios) == 56, "struct termios");

/* c_iflag */
#define BRKINT	0x0002
#define ICRNL	0x0100
#define IGNBRK	0x0001
#define IGNCR	0x0080
#define IGNPAR	0x0004
#define INLCR	0x0040
#define INPCK	0x0010
#define ISTRIP	0x0020
#define IXANY	0x0800
#define IXOFF	0x1000
#define IXON	0x0400
#define PARMRK	0x0008

/* c_oflag */
#define OPOST	0x0001
#define ONLCR	0x0004
#define OCRNL	0x0008
#define ONOCR	0x0010
#define ONLRET	0x0020

/* c_cflag */
#define CSIZE	0x0030
#define CS5	0x0000
#define CS6	0x0010
#define CS7	0x0020
#define CS8	0x0030
#define CSTOPB	0x0040
#define CREAD	0x0080
#define PARENB	0x0100
#define PARODD	0x0200
#define HUPCL	0x0400
#define CLOCAL	0x0800

/* c_lflag */
#define ISIG	0x0001
#define ICANON	0x0002
#define ECHO	0x0008
#define ECHOE	0x0010
#define ECHOK	0x0020
#define ECHONL	0x0040
#define NOFLSH	0x0080
#define TOSTOP	0x0100
#define ECHOCTL	0x0200
#define ECHOKE	0x0800
#define IEXTEN	0x8000

/* Speeds are plain numbers. */
#define B0	0
#define B9600	9600
#define B19200	19200
#define B38400	38400
#define B57600	57600
#define B115200	115200
#define B230400	230400

/* tcsetattr, tcflush, tcflow */
#define TCSANOW		0
#define TCSADRAIN	1
#define TCSAFLUSH	2
#define TCIFLUSH	0
#define TCOFLUSH	1
#define TCIOFLUSH	2
#define TCOOFF		0
#define TCOON		1
#define TCIOFF		2
#define TCION		3

struct winsize {
	uint16_t	ws_row;
	uint16_t	ws_col;
	uint16_t	ws_xpixel;
	uint16_t	ws_ypixel;
};

/*
 * devctl commands. ioctl(fd, TIOC..., arg) is the devctl of the same number with *arg as data.
 * All but DRAIN answer at once; DRAIN answers when the last byte has left the UART.
 *   TCGETATTR		out: struct termios
 *   TCSETATTR		in: struct termios. ...SETATTRD waits for the output first, ...SETATTRF
 *   throws
 *			unread input away too
 *   TCDRAIN		no data; blocks
 *   TCFLUSH		in: int32_t, TCIFLUSH TCOFLUSH TCIOFLUSH
 *   TCFLOW		in: int32_t: TCOOFF TCOON hold and go on; TCIOFF TCION: EINVAL
 *   TCSENDBREAK	in: int32_t, ignored
 *   TIOCGPGRP/SPGRP	int32_t: the foreground process group (SPGRP: of the caller's session,
 *   EPERM) TIOCGSID		out: int32_t: session
 *   TIOCSCTTY		no data: the caller's session gets the terminal
 *   TIOCNREAD		out: int32_t: bytes that a read would get now; FIONREAD is the same
 *   TIOCOUTQ		out: int32_t: bytes not sent yet
 *   TIOCCOUNTS		out: struct tty_counts
 */
#define DCMD_CHR_TCGETATTR	__DIOF(_DCMD_CHR, 1, struct termios)
#define DCMD_CHR_TCSETATTR	__DIOT(_DCMD_CHR, 2, struct termios)
#define DCMD_CHR_TCSETATTRD	__DIOT(_DCMD_CHR, 3, struct termios)
#define DCMD_CHR_TCSETATTRF	__DIOT(_DCMD_CHR, 4, struct termios)
#define DCMD_CHR_TCDRAIN	__DION(_DCMD_CHR, 5)
#define DCMD_CHR_TCFLUSH	__DIOT(_DCMD_CHR, 6, int32_t)
#define DCMD_CHR_TCFLOW		__DIOT(_DCMD_CHR, 7, int32_t)
#define DCMD_CHR_TCSENDBREAK	__DIOT(_DCMD_CHR, 8, int32_t)
#define DCMD_CHR_TCGETPGRP	__DIOF(_DCMD_CHR, 9, int32_t)
#define DCMD_CHR_TCSETPGRP	__DIOT(_DCMD_CHR, 10, int32_t)
#define DCMD_CHR_TCGETSID	__DIOF(_DCMD_CHR, 11, int32_t)
#define DCMD_CHR_TCSETSID	__DION(_DCMD_CHR, 12)
#define DCMD_CHR_GETSIZE	__DIOF(_DCMD_CHR, 13, struct winsize)
#define DCMD_CHR_SETSIZE	__DIOT(_DCMD_CHR, 14, struct winsize)
#define DCMD_CHR_ISCHARS	__DIOF(_DCMD_CHR, 15, int32_t)
#define DCMD_CHR_OSCHARS	__DIOF(_DCMD_CHR, 16, int32_t)
#define DCMD_CHR_COUNTS		__DIOF(_DCMD_CHR, 17, struct tty_counts)

#define TIOCGETA	DCMD_CHR_TCGETATTR
#define TIOCSETA	DCMD_CHR_TCSETATTR
#define TIOCSETAW	DCMD_CHR_TCSETATTRD
#define TIOCSETAF	DCMD_CHR_TCSETATTRF
#define TIOCDRAIN	DCMD_CHR_TCDRAIN
#define TIOCGPGRP	DCMD_CHR_TCGETPGRP
#define TIOCSPGRP	DCMD_CHR_TCSETPGRP
#define TIOCGSID	DCMD_CHR_TCGETSID
#define TIOCSCTTY	DCMD_CHR_TCSETSID
#define TIOCGWINSZ	DCMD_CHR_GETSIZE
#define TIOCSWINSZ	DCMD_CHR_SETSIZE
#define FIONREAD	DCMD_CHR_ISCHARS
#define TIOCNREAD	DCMD_CHR_ISCHARS
#define TIOCOUTQ	DCMD_CHR_OSCHARS
#define TIOCCOUNTS	DCMD_CHR_COUNTS

/* What went past a terminal since its cold start. */
struct tty_counts {
	uint64_t	received;	/* bytes from the line */
	uint64_t	sent;		/* bytes to the line */
	uint64_t	overruns;	/* the UART's FIFO overflowed, this many times */
	uint64_t	dropped;	/* bytes thrown away because a queue was full */
	uint64_t	errors;		/* framing, parity, break */
	uint64_t	restarts;	/* times the driver came back */
	uint64_t	interrupts;	/* VINTR, where ISIG made it a signal */
};
_Static_assert(sizeof(struct tty_counts) == 56, "struct tty_counts");

#endif
