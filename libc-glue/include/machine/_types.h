/* SPDX-License-Identifier: Apache-2.0 */
/* machine/_types.h - the types behind <sys/types.h> where picolibc's are too small: found before
 * picolibc's header of this name, which its <sys/_types.h> asks for. */
#ifndef _MACHINE__TYPES_H
#define _MACHINE__TYPES_H

#include <machine/_default_types.h>

typedef __uint64_t __dev_t;
#define __machine_dev_t_defined
typedef __uint64_t __ino_t;
#define __machine_ino_t_defined
typedef __uint32_t __uid_t;
#define __machine_uid_t_defined
typedef __uint32_t __gid_t;
#define __machine_gid_t_defined

#endif
