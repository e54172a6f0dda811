/* SPDX-License-Identifier: Apache-2.0 */
/* dirent.h - reading directories (POSIX). "." and ".." are not listed. */
#ifndef SKINK_DIRENT_H
#define SKINK_DIRENT_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct dirent {
	ino_t d_ino;
	off_t d_off; /* position of the next */
	unsigned short d_reclen;
	unsigned short d_namlen;
	unsigned char d_type; /* DT_ */
	char d_name[256];
};

#define DT_UNKNOWN 0
#define DT_FIFO    1
#define DT_CHR     2
#define DT_DIR     4
#define DT_BLK     6
#define DT_REG     8

typedef struct _dir DIR;

DIR *opendir(const char *path);
DIR *fdopendir(int fd);
struct dirent *readdir(DIR *dir); /* the result lasts until the next call on `dir` */
int readdir_r(DIR *dir, struct dirent *entry, struct dirent **result);
void rewinddir(DIR *dir);
long telldir(DIR *dir);
void seekdir(DIR *dir, long position);
int closedir(DIR *dir);
int dirfd(DIR *dir);
int alphasort(const struct dirent **a, const struct dirent **b);
int scandir(const char *path, struct dirent ***list, int (*select)(const struct dirent *),
    int (*compare)(const struct dirent **, const struct dirent **));

#ifdef __cplusplus
}
#endif

#endif
