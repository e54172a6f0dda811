/* SPDX-License-Identifier: Apache-2.0 */
/* strerror.c - the texts of errors: skink/errno.h's, in place of picolibc's, which speak of another
 * system. The forms that fill a buffer are picolibc's and ask here. */
#include "../glue.h"

#include <stdlib.h>
#include <string.h>

#include <skink/errno.h>

#define UNKNOWN "Unknown error "

/* The list has picolibc's numbers, or this does not compile. */
#define IS_THE_LIBRARYS(name, number, text) _Static_assert(name == number, #number);
SKINK_ERRNOS(IS_THE_LIBRARYS)

static const char *
text_of(int error)
{
	switch (error) { /* which has no number twice */
	case 0:
		return "No error";
#define TEXT(name, number, text) \
	case number: \
		return text;
		SKINK_ERRNOS(TEXT)
	}
	return NULL;
}

char *
_strerror_r(int error, int internal, int *result)
{
	static _Thread_local char unknown[sizeof(UNKNOWN) + 11];
	const char *text = text_of(error);

	(void)internal, (void)result;
	if (text != NULL)
		return (char *)text;
	strcpy(unknown, UNKNOWN);
	itoa(error, unknown + sizeof(UNKNOWN) - 1, 10);
	return unknown;
}

char *
strerror(int error)
{
	return _strerror_r(error, 0, NULL);
}

char *
strerror_l(int error, locale_t locale)
{
	(void)locale;
	return strerror(error);
}
