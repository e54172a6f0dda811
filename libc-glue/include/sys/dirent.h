/* SPDX-License-Identifier: Apache-2.0 */
/* sys/dirent.h - the old place of <dirent.h>. */
#include <dirent.h>
