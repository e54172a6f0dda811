/* SPDX-License-Identifier: Apache-2.0 */
/* strerror.c - the texts of errors that picolibc's strerror() does not know. It asks here. */
#include "../glue.h"

#include <skink/errno.h>

char *_user_strerror(int error, int internal, int *result);

char *
_user_strerror(int error, int internal, int *result)
{
	(void)internal, (void)result;
	switch (error) {
	case SK_ESRVRFAULT:
		return "Refused: its server died too often serving this request";
	default:
		return NULL;
	}
}
