/* SPDX-License-Identifier: Apache-2.0 */
/* sys/utsname.h - what system this is (POSIX). */
#ifndef SKINK_SYS_UTSNAME_H
#define SKINK_SYS_UTSNAME_H

#ifdef __cplusplus
extern "C" {
#endif

struct utsname {
	char sysname[16];
	char nodename[32];
	char release[16];
	char version[48];
	char machine[16];
};

int uname(struct utsname *name);

#ifdef __cplusplus
}
#endif

#endif
