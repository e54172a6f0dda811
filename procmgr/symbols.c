/* SPDX-License-Identifier: Apache-2.0 */
/* symbols.c - the nearest function to an address. Reads a file of the image, and believes no
 * number in it. */
#include <string.h>

#include "symbols.h"
#include "text.h"

#define MAGIC   0x59534b53u
#define HEAD    16u
#define PROGRAM 16u

static const uint8_t *data;
static uint32_t data_size, programs, names;

/* A 32-bit number; 0 outside the file. */
static uint32_t
word(uint64_t at)
{
	uint32_t value = 0;

	if (at <= data_size && data_size - at >= 4)
		memcpy(&value, data + at, 4);
	return value;
}

/* A string; "" where it would leave the file. */
static const char *
string(uint32_t at)
{
	if (at >= data_size || memchr(data + at, 0, data_size - at) == NULL)
		return "";
	return (const char *)data + at;
}

static uint64_t
leb128(uint32_t *at)
{
	uint64_t value = 0;

	for (unsigned shift = 0; *at < data_size && shift < 63; shift += 7) {
		uint8_t byte = data[(*at)++];

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			break;
	}
	return value;
}

void
symbols_init(const uint8_t *file, uint32_t size)
{
	data = file;
	data_size = file != NULL ? size : 0;
	programs = word(0) == MAGIC && word(4) == 1 ? word(8) : 0;
	names = word(12);
	if (programs > data_size / PROGRAM || names > data_size / 4)
		programs = 0;
}

/* The place of a program's entry; 0: none. */
static uint32_t
program_find(const char *name)
{
	for (uint32_t i = 0; i < programs; i++) { /* <= files of the image */
		uint32_t at = HEAD + i * PROGRAM;

		if (strcmp(string(word(at)), name) == 0)
			return at;
	}
	return 0;
}

void
symbols_find(const char *program, uint64_t address, char *out, uint32_t size)
{
	uint32_t entry = program_find(program), at, count, best_name = 0;
	uint64_t here = 0, best = 0;

	*out = 0;
	if (entry == 0 || address >= word(entry + 12))
		return;
	at = word(entry + 4);
	count = word(entry + 8);
	for (uint32_t i = 0; i < count && at < data_size; i++) { /* <= functions of a program */
		uint32_t name;

		here += leb128(&at);
		name = leb128(&at);
		if (here > address)
			break;
		best = here;
		best_name = name;
	}
	if (best != 0 && best_name < names)
		text_format(out, size, "%s+%x",
		    string(word(HEAD + programs * PROGRAM + best_name * 4)), address - best);
}
