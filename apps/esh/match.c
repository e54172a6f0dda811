/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.c - shell patterns: * ? [...] and \. Remembers only the last star, so
 * the time is bounded by pattern length times string length.
 */
#include <ctype.h>
#include <string.h>

#include "shell.h"

static bool
in_class(const char *name, size_t len, int c)
{
	static const struct {
		const char *name;
		int (*test)(int);
	} classes[] = {
	    {"alnum", isalnum},
	    {"alpha", isalpha},
	    {"blank", isblank},
	    {"cntrl", iscntrl},
	    {"digit", isdigit},
	    {"graph", isgraph},
	    {"lower", islower},
	    {"print", isprint},
	    {"punct", ispunct},
	    {"space", isspace},
	    {"upper", isupper},
	    {"xdigit", isxdigit},
	};

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (strlen(classes[i].name) == len && memcmp(classes[i].name, name, len) == 0)
			return classes[i].test(c) != 0;
	}
	return false;
}

/* One member of a bracket expression, which may be escaped. */
static int
take_member(const char **p, const char *end)
{
	if (**p == '\\' && *p + 1 < end)
		(*p)++;
	return (unsigned char)*(*p)++;
}

/*
 * Matches c against the bracket expression at *pattern and steps over it.
 * Returns 1 or 0, or -1 where the [ is just a character.
 */
static int
match_bracket(const char **pattern, const char *end, int c)
{
	const char *p = *pattern + 1;
	bool negated = p < end && (*p == '!' || *p == '^');
	bool found = false;
	bool first = true;

	if (negated)
		p++;
	for (;; first = false) {
		int low, high;

		if (p >= end)
			return -1;
		if (*p == ']' && !first)
			break;
		if (*p == '[' && p + 1 < end && p[1] == ':') {
			const char *name = p + 2;
			const char *close = name;

			while (close + 1 < end && !(close[0] == ':' && close[1] == ']'))
				close++;
			if (close + 1 < end) {
				found = found || in_class(name, (size_t)(close - name), c);
				p = close + 2;
				continue;
			}
		}
		low = take_member(&p, end);
		high = low;
		if (p + 1 < end && p[0] == '-' && p[1] != ']') {
			p++;
			high = take_member(&p, end);
		}
		found = found || (low <= c && c <= high);
	}
	*pattern = p + 1;
	return found != negated;
}

/* Matches one character of the string; steps over what matched it. */
static bool
match_one(const char **pattern, const char *end, int c)
{
	const char *p = *pattern;
	int hit;

	switch (*p) {
	case '?':
		*pattern = p + 1;
		return true;
	case '[':
		hit = match_bracket(pattern, end, c);
		if (hit >= 0)
			return hit == 1;
		break;
	case '\\':
		if (p + 1 < end)
			p++;
		break;
	default:
		break;
	}
	*pattern = p + 1;
	return (unsigned char)*p == c;
}

bool
match_pattern(const char *pattern, size_t pattern_len, const char *s, size_t len)
{
	const char *end = pattern + pattern_len;
	const char *s_end = s + len;
	const char *star = NULL;
	const char *star_s = NULL;

	for (;;) {
		if (pattern < end && *pattern == '*') {
			star = ++pattern;
			star_s = s;
			continue;
		}
		if (s == s_end && pattern == end)
			return true;
		if (s < s_end && pattern < end && match_one(&pattern, end, (unsigned char)*s)) {
			s++;
			continue;
		}
		/* The last star takes one character more. */
		if (star == NULL || star_s == s_end)
			return false;
		pattern = star;
		s = ++star_s;
	}
}
