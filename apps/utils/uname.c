/* SPDX-License-Identifier: Apache-2.0 */
/* uname.c - names the system. */
#include <stdio.h>
#include <sys/utsname.h>

#include "cmd.h"

static const char usage[] =
    "usage: uname [-amnrsv]\n"
    "Prints the system's name (-s), the node's (-n), release (-r), version (-v) and machine (-m);\n"
    "-a prints all of them.\n";

int
main(int argc, char **argv)
{
	static const char letters[] = "snrvm";
	struct utsname u;
	const char *fields[] = {u.sysname, u.nodename, u.release, u.version, u.machine};
	bool wanted[sizeof(letters)] = {false};
	bool any = false;
	const char *separator = "";
	int c;

	cmd_start(argc, argv, usage);
	while ((c = cmd_option("amnrsv")) != 0) {
		for (int i = 0; letters[i] != '\0'; i++)
			wanted[i] = wanted[i] || c == 'a' || c == letters[i];
		any = true;
	}
	if (*cmd_operands() != NULL)
		cmd_usage();
	if (!any)
		wanted[0] = true;
	if (uname(&u) < 0) {
		cmd_error("cannot tell");
		return 1;
	}
	for (int i = 0; letters[i] != '\0'; i++) {
		if (!wanted[i])
			continue;
		printf("%s%s", separator, fields[i]);
		separator = " ";
	}
	putchar('\n');
	return cmd_finish(0);
}
