#ifdef __linux__
#define _GNU_SOURCE
#include "cinterlock_linux.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void *cinterlock_map(int descriptor, size_t length, int writable) {
  int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  void *memory = mmap(NULL, length, protection, MAP_SHARED, descriptor, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

void cinterlock_word_wait(const uint32_t *word, uint32_t value, int64_t nanoseconds) {
  struct timespec limit = {
      .tv_sec = nanoseconds / 1000000000,
      .tv_nsec = nanoseconds % 1000000000,
  };
  // Not private to the process: the kernel goes by the file and the place in it. Every return is a reason to look again.
  syscall(SYS_futex, word, FUTEX_WAIT, value, &limit, NULL, 0);
}

void cinterlock_word_wake(const uint32_t *word) {
  syscall(SYS_futex, word, FUTEX_WAKE, 0x7fffffff, NULL, NULL, 0);
}
#endif
