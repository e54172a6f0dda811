/* SPDX-License-Identifier: Apache-2.0 */
/* seen.c - which call has returned which error, against the list in skink/syscalls.h. */
#include "fake.h"

static const struct {
	const char *name, *errors;
} calls[SKINK_SYSCALL_COUNT] = {
#define CALL(number, call, subject, who, list) [number] = {#call, list},
    SKINK_SYSCALLS(CALL)
#undef CALL
};

static const struct {
	int number;
	const char *name;
} errors[] = {
#define ERROR(e, n, text) {n, #e},
    SKINK_NUCLEUS_ERRNOS(ERROR)
#undef ERROR
};
#define ERRORS (sizeof(errors) / sizeof(errors[0]))

static bool known[SKINK_SYSCALL_COUNT][ERRORS], succeeded[SKINK_SYSCALL_COUNT];

enum { ANY = 0, ONLY = 1 };
static const bool only_procmgr[SKINK_SYSCALL_COUNT] = {
#define WHO(number, call, subject, who, list) [number] = who == ONLY,
    SKINK_SYSCALLS(WHO)
#undef WHO
};

const char *
call_name(unsigned number)
{
	return number < SKINK_SYSCALL_COUNT && calls[number].name != NULL ? calls[number].name
									  : "no call";
}

static unsigned
error_index(long error)
{
	unsigned i;

	for (i = 0; i < ERRORS; i++)
		if (errors[i].number == error)
			break;
	return i;
}

const char *
error_name(long error)
{
	unsigned i = error_index(error < 0 ? -error : error);

	return i < ERRORS ? errors[i].name : "no error";
}

static bool
is_listed(unsigned number, const char *name)
{
	const char *at = calls[number].errors;
	size_t len = strlen(name);

	while ((at = strstr(at, name)) != NULL) {
		if ((at == calls[number].errors || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0'))
			return true;
		at += len;
	}
	return false;
}

void
seen(unsigned number, long result)
{
	unsigned i;

	if (number >= SKINK_SYSCALL_COUNT || calls[number].name == NULL) {
		CHECK_EQ(result, -SK_ENOSYS);
		return;
	}
	if (result >= 0) {
		succeeded[number] = true;
		return;
	}
	i = error_index(-result);
	/* A server gives its clients any error. */
	if (i == ERRORS && number == SKINK_SYS_msg_send)
		return;
	if (i == ERRORS)
		FAIL("%s returns %ld, which is no error number", calls[number].name, result);
	if (only_procmgr[number] && result == -SK_EPERM && !is_listed(number, "EPERM"))
		return;
	if (number != SKINK_SYS_msg_send && !is_listed(number, errors[i].name))
		FAIL("%s returns %s, which skink/syscalls.h does not list", calls[number].name,
		    errors[i].name);
	known[number][i] = true;
}

unsigned
seen_missing(bool print)
{
	unsigned missing = 0;

	for (unsigned n = 0; n < SKINK_SYSCALL_COUNT; n++) {
		if (calls[n].name == NULL)
			continue;
		if (!succeeded[n] && n != SKINK_SYS_process_exit && n != SKINK_SYS_p_reset) {
			missing++;
			if (print)
				printf("never seen: %s succeeds\n", calls[n].name);
		}
		for (unsigned i = 0; i < ERRORS; i++) {
			if (!is_listed(n, errors[i].name) || known[n][i])
				continue;
			missing++;
			if (print)
				printf(
				    "never seen: %s returns %s\n", calls[n].name, errors[i].name);
		}
	}
	return missing;
}

/* ENOSYS stands with no call: it says that there is none. */
unsigned
seen_strangers(void)
{
	unsigned strangers = 0;
	bool used[ERRORS + 1] = {false};

	used[error_index(SK_ENOSYS)] = true;
	for (unsigned n = 0; n < SKINK_SYSCALL_COUNT; n++) {
		char list[128], *rest = list;

		if (calls[n].name == NULL)
			continue;
		CHECK(strlen(calls[n].errors) < sizeof(list));
		strcpy(list, calls[n].errors);
		for (const char *word; (word = strtok_r(rest, " ", &rest)) != NULL;) {
			unsigned i = 0;

			while (i < ERRORS && strcmp(errors[i].name, word) != 0)
				i++;
			used[i] = true;
			if (i == ERRORS) {
				strangers++;
				printf("%s: %s is none of the nucleus's\n", calls[n].name, word);
			}
		}
	}
	for (unsigned i = 0; i < ERRORS; i++) {
		if (used[i])
			continue;
		strangers++;
		printf("no call returns %s\n", errors[i].name);
	}
	return strangers;
}
