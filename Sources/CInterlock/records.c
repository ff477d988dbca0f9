#ifdef __linux__
#define _GNU_SOURCE
#include "cinterlock_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/vfs.h>

static struct flock record(int kind, int64_t start, int64_t length) {
  struct flock lock = {
      .l_type = kind == CINTERLOCK_LOCK_SHARED      ? F_RDLCK
                : kind == CINTERLOCK_LOCK_EXCLUSIVE ? F_WRLCK
                                                    : F_UNLCK,
      .l_whence = SEEK_SET,
      .l_start = start,
      .l_len = length,
  };
  return lock;
}

static int apply(int descriptor, int command, int kind, int64_t start, int64_t length) {
  struct flock lock = record(kind, start, length);
  while (fcntl(descriptor, command, &lock) != 0) {
    if (errno == EAGAIN || errno == EACCES) return 0;
    if (errno != EINTR) return -1;
  }
  return 1;
}

int cinterlock_record_try(int descriptor, int kind, int64_t start, int64_t length) {
  return apply(descriptor, F_OFD_SETLK, kind, start, length);
}

int cinterlock_record_wait(int descriptor, int kind, int64_t start, int64_t length) {
  return apply(descriptor, F_OFD_SETLKW, kind, start, length);
}

int cinterlock_record_conflict(int descriptor, int *kind, int64_t *start, int64_t *length) {
  struct flock lock = record(*kind, *start, *length);
  while (fcntl(descriptor, F_OFD_GETLK, &lock) != 0) {
    if (errno != EINTR) return -1;
  }
  if (lock.l_type == F_UNLCK) return 0;
  *kind = lock.l_type == F_RDLCK ? CINTERLOCK_LOCK_SHARED : CINTERLOCK_LOCK_EXCLUSIVE;
  *start = lock.l_start;
  *length = lock.l_len;
  return 1;
}

int cinterlock_allocate(int descriptor, int64_t length) {
  // Not posix_fallocate: where the file system cannot, that writes into the file, over what others wrote meanwhile.
  while (fallocate(descriptor, 0, 0, length) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

int64_t cinterlock_file_system(int descriptor) {
  struct statfs status;
  while (fstatfs(descriptor, &status) != 0) {
    if (errno != EINTR) return -1;
  }
  return (int64_t)(uint32_t)status.f_type;
}
#endif
