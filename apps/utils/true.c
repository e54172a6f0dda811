/* SPDX-License-Identifier: Apache-2.0 */
/* true.c - does nothing, successfully. */

int
main(void)
{
	return 0;
}
