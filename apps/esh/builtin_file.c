/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builtin_file.c - the builtin about files: chmod. Never looks at what is in them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "builtin.h"

/* rwx for those whom `who` names; nobody named: for all. */
static mode_t
spread(unsigned bits, const char *who, size_t len)
{
	mode_t mode = 0;

	if (len == 0 || memchr(who, 'a', len) != NULL)
		return (mode_t)(bits * 0111);
	if (memchr(who, 'u', len) != NULL)
		mode |= (mode_t)(bits << 6);
	if (memchr(who, 'g', len) != NULL)
		mode |= (mode_t)(bits << 3);
	if (memchr(who, 'o', len) != NULL)
		mode |= (mode_t)bits;
	return mode;
}

/* One clause, [ugoa]*[+-=][rwx]*; NULL where it is none, else what is behind it. */
static const char *
apply_clause(const char *s, mode_t *mode)
{
	size_t who = strspn(s, "ugoa");
	char how = s[who];
	const char *p = s + who + 1;
	unsigned bits = 0;

	if (how != '+' && how != '-' && how != '=')
		return NULL;
	for (; *p != '\0' && strchr("rwx", *p) != NULL; p++)
		bits |= *p == 'r' ? 4 : *p == 'w' ? 2 : 1;
	if (how == '=')
		*mode &= ~spread(7, s, who);
	if (how == '-')
		*mode &= ~spread(bits, s, who);
	else
		*mode |= spread(bits, s, who);
	return p;
}

/* What a mode, octal or in clauses, makes of another; false where it is wrong. */
static bool
apply(const char *text, mode_t *mode)
{
	char *end;
	long octal = strtol(text, &end, 8);

	if (*text >= '0' && *text <= '7') {
		*mode = (mode_t)octal;
		return *end == '\0' && octal <= 07777;
	}
	for (;;) {
		text = apply_clause(text, mode);
		if (text == NULL || *text == '\0')
			return text != NULL;
		if (*text++ != ',')
			return false;
	}
}

int
builtin_chmod(struct shell *sh, int argc, char **argv)
{
	int status = 0;

	if (argc < 3) {
		report(sh, "usage: chmod MODE FILE...");
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		struct stat st;
		mode_t mode;

		if (stat(argv[i], &st) < 0) {
			report(sh, "chmod: %s: %s", argv[i], strerror(errno));
			status = 1;
			continue;
		}
		mode = st.st_mode & 07777;
		if (!apply(argv[1], &mode)) {
			report(sh, "chmod: %s: bad mode", argv[1]);
			return 2;
		}
		if (chmod(argv[i], mode) < 0) {
			report(sh, "chmod: %s: %s", argv[i], strerror(errno));
			status = 1;
		}
	}
	return status;
}
