// The kernel's own locks on a file, without anything around them: flock(2), or a lock of the open file description.
//
//   kernel flock|ofd pairs FOLDER SECONDS
//   kernel flock|ofd turns FOLDER START SECONDS BODY CLIENTS      CLIENTS is 1: a process is a client
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static int file, is_flock;

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void change(int type) {
  int failed;
  do {
    if (is_flock) {
      failed = flock(file, type == F_UNLCK ? LOCK_UN : LOCK_EX);
    } else {
      struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
      failed = fcntl(file, F_OFD_SETLKW, &lock);
    }
  } while (failed && errno == EINTR);
  if (failed) {
    perror("lock");
    exit(1);
  }
}

int main(int count, char **words) {
  if (count < 5) return 2;
  is_flock = !strcmp(words[1], "flock");
  char path[4096];
  snprintf(path, sizeof path, "%s/kernel", words[3]);
  file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    perror(path);
    return 1;
  }
  if (!strcmp(words[2], "pairs")) {
    int64_t start = now(), end = start + atoll(words[4]) * 1000000000LL, pairs = 0;
    for (; now() < end; pairs++) {
      change(F_WRLCK);
      change(F_UNLCK);
    }
    printf("%lld\n", (long long)(pairs * 1000000000LL / (now() - start)));
    return 0;
  }
  if (count < 8) return 2;
  int64_t start = atoll(words[4]), end = start + atoll(words[5]) * 1000000000LL;
  int body = atoi(words[6]);
  size_t turns = 0, room = 1 << 20;
  int64_t *times = malloc(room * 2 * sizeof *times);
  struct timespec at = {start / 1000000000LL, start % 1000000000LL};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL)) {}
  while (now() < end && turns < room) {
    change(F_WRLCK);
    times[2 * turns] = now();
    if (body) usleep(body);
    times[2 * turns + 1] = now();
    change(F_UNLCK);
    turns++;
  }
  for (size_t turn = 0; turn < turns; turn++)
    printf("%lld %lld 0\n", (long long)times[2 * turn], (long long)times[2 * turn + 1]);
  return 0;
}
