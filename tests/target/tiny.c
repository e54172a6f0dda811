/* SPDX-License-Identifier: Apache-2.0 */
/* tiny.c - a program that only ends: what process-cost starts. With an argument it faults, having
 * noted in a0 when: the record of its death tells. */
int
main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		__asm__ volatile("rdinstret a0\n\tsd zero, 8(zero)" : : : "a0", "memory");
	return 0;
}
