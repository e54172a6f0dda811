/* SPDX-License-Identifier: Apache-2.0 */
/* false.c - does nothing, and fails. */

int
main(void)
{
	return 1;
}
