/* SPDX-License-Identifier: Apache-2.0 */
/* start.c - the program's entry, and nothing else: tests link the shell without it. */
#include "shell.h"

int
main(int argc, char **argv)
{
	return esh_main(argc, argv);
}
