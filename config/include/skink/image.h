/* SPDX-License-Identifier: Apache-2.0 */
/*
 * skink/image.h - the boot image: what config/mkimage.py writes and the nucleus and procmgr read.
 * The format is the manual; nobody changes an image in memory.
 *
 * An image is one cpio archive in the "newc" format (`cpio -t` reads it), found through the device
 * tree's /chosen linux,initrd-start and -end, and starting on a page. Every number in a newc header
 * is 8 hexadecimal digits of ASCII; a header is 110 bytes, then the name (with its NUL), zeros to a
 * multiple of 4, the data, zeros to a multiple of 4. The archive ends with the name TRAILER!!! and
 * zeros up to a page.
 *
 * - The first entry is `.image`: its data, struct skink_image, always starts at SKINK_IMAGE_OFFSET.
 * - Every other regular file's data starts on a page, so it can be mapped in place: the name's size
 *   counts padding NULs (a reader takes the name up to its first NUL). The next header follows the
 *   data at once: the rest of a file's last page is not zeros.
 * - Names are plain: no folder, sorted by bytes. `NAME` is seen by programs as /proc/boot/NAME.
 *   Names that start with a dot are not for programs to run:
 *	.image		the head of the archive
 *	.command	what the host asks this boot to run; absent: an ordinary boot
 *   and `manifest.bin` is the compiled manifest (skink/manifest.h), `procmgr` the first process.
 * - Programs have mode 0100555, other files 0100444. All times, owners and inode numbers are fixed.
 */
#ifndef SKINK_IMAGE_H
#define SKINK_IMAGE_H

#include <stdint.h>

struct skink_image {
	uint32_t	magic;		/* SKINK_IMAGE_MAGIC */
	uint32_t	version;	/* SKINK_IMAGE_VERSION */
	uint64_t	size_bytes;	/* the whole archive; a multiple of the page size */
	uint64_t	sum;		/* of the bytes from SKINK_IMAGE_BODY to the end */
	uint64_t	weighted_sum;
};
_Static_assert(sizeof(struct skink_image) == 32, "struct skink_image");

#define SKINK_IMAGE_MAGIC	0x474d4b53	/* "SKMG" */
#define SKINK_IMAGE_VERSION	1
#define SKINK_IMAGE_OFFSET	120		/* of struct skink_image in the archive */
#define SKINK_IMAGE_BODY	152		/* of the second entry: here the sums begin */
#define SKINK_IMAGE_PAGE	4096

/*
 * The sums. The body is a whole number of 64-bit little-endian words w[0..n-1], all arithmetic
 * modulo 2^64: sum adds all words; weighted_sum adds the running value of sum after each word. This
 * finds any single damaged word, any two exchanged ones and almost all else, at some three
 * instructions for eight bytes; a CRC of a few megabytes would cost more than the rest of a boot.
 */
struct skink_image_sums {
	uint64_t	sum;
	uint64_t	weighted_sum;
};

static inline struct skink_image_sums
skink_image_sum(const uint64_t *words, uint64_t count)
{
	struct skink_image_sums s = {0, 0};

#pragma GCC unroll 8
	for (uint64_t i = 0; i < count; i++) {
		s.sum += words[i];
		s.weighted_sum += s.sum;
	}
	return s;
}

/*
 * The command of a boot from the host, in the file `.command`: one line of text, then the command.
 *
 *	MODE NONCE\n		MODE is exec or serve; NONCE is 16 hexadecimal digits
 *	the shell's input	the rest of the file, any text, no NUL
 *
 * The service that the manifest marks with `session = true` then runs that text (as by `esh -c`) in
 * place of its interactive self, its output on the console. On the console the guest says:
 *
 *	0x1e B NONCE \n		exec: the command's output begins
 *	0x1e E NONCE STATUS \n	exec: it ended, with STATUS in decimal (0..255); a space before it.
 *				The guest then powers itself off.
 *	0x1e R NONCE \n		serve: the services are up; the command runs; the guest stays
 *	0x1e L NONCE text \n	at any time: a line of the system's log, which is not the command's
 *				output even between B and E. Written in one piece.
 *
 * No spaces but where shown. Between B and E every other byte is the command's output and
 * passes through as it is: the terminal does not turn \n into \r\n then, and echoes nothing.
 */
#define SKINK_COMMAND_FILE	".command"
#define SKINK_CONSOLE_MARK	0x1e
#define SKINK_CONSOLE_BEGIN	'B'
#define SKINK_CONSOLE_END	'E'
#define SKINK_CONSOLE_READY	'R'
#define SKINK_CONSOLE_LOG	'L'

#endif
