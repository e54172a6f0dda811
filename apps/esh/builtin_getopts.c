/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builtin_getopts.c - getopts: the next option among the arguments. Owns the place inside a cluster
 * of them (-abc); the argument's number is the script's, in OPTIND.
 */
#include <stdlib.h>
#include <string.h>

#include "builtin.h"
#include "lexer.h"

static struct {
	long index; /* OPTIND as we left it: with another one all begins anew */
	size_t pos; /* of the next letter in that argument; 0: none begun */
} place;

/* What one call finds. */
struct found {
	char letter; /* for the variable; '?' and ':' for errors */
	const char *value; /* for OPTARG; NULL: none */
	char one[2];
};

static void
set_index(struct shell *sh, long index)
{
	struct strbuf number = {0};

	strbuf_printf(&number, "%ld", index);
	var_set(sh, "OPTIND", strbuf_cstr(&number));
	strbuf_free(&number);
	place.index = index;
}

/* An error: told by us, or, where the letters begin with ':', by the script. */
static void
fail(struct shell *sh, struct found *f, bool silent, char letter, const char *what)
{
	f->one[0] = f->letter;
	f->letter = silent ? letter : '?';
	f->value = silent ? f->one : NULL;
	if (!silent)
		report(sh, "%s: -%c", what, f->one[0]);
}

/* args[index - 1] is an option, or in the middle of some. Returns the next OPTIND. */
static long
take(struct shell *sh, const char *letters, char *const *args, long count, long index,
    struct found *f)
{
	bool silent = letters[0] == ':';
	const char *arg = args[index - 1];
	const char *known;

	if (place.pos == 0)
		place.pos = 1;
	f->letter = arg[place.pos++];
	known = f->letter == ':' ? NULL : strchr(letters + silent, f->letter);
	if (known != NULL && known[1] == ':') {
		if (arg[place.pos] != '\0')
			f->value = arg + place.pos;
		else if (index < count)
			f->value = args[index++];
		else
			fail(sh, f, silent, ':', "an option's value is missing");
		place.pos = 0;
		return index + 1;
	}
	if (known == NULL)
		fail(sh, f, silent, '?', "unknown option");
	if (arg[place.pos] != '\0')
		return index;
	place.pos = 0;
	return index + 1;
}

int
builtin_getopts(struct shell *sh, int argc, char **argv)
{
	const char *text = var_get(sh, "OPTIND");
	long index = text != NULL ? strtol(text, NULL, 10) : 1;
	char *const *args = argc > 3 ? argv + 3 : sh->args.v;
	long count = argc > 3 ? argc - 3 : (long)sh->args.n;
	struct found f = {.letter = '?'};
	char name[2] = "";

	if (argc < 3 || name_length(argv[2]) == 0 || argv[2][name_length(argv[2])] != '\0') {
		report(sh, "usage: getopts LETTERS NAME [ARGUMENT...]");
		return 2;
	}
	if (index < 1)
		index = 1;
	if (index != place.index || index > count)
		place.pos = 0;
	var_unset(sh, "OPTARG");
	if (place.pos == 0 &&
	    (index > count || args[index - 1][0] != '-' || args[index - 1][1] == '\0' ||
		strcmp(args[index - 1], "--") == 0)) {
		set_index(sh, index + (index <= count && strcmp(args[index - 1], "--") == 0));
		var_set(sh, argv[2], "?");
		return 1;
	}
	set_index(sh, take(sh, argv[1], args, count, index, &f));
	if (f.value != NULL)
		var_set(sh, "OPTARG", f.value);
	name[0] = f.letter;
	var_set(sh, argv[2], name);
	return 0;
}
