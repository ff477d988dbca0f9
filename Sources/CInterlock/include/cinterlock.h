#ifndef CINTERLOCK_H
#define CINTERLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "cinterlock_linux.h"

/// Nanoseconds on the monotonic clock that keeps counting while the machine sleeps.
int64_t cinterlock_monotonic_nanoseconds(void);

/// Nanoseconds since 1970.
int64_t cinterlock_wall_nanoseconds(void);

/// Tells the thread sanitizer that the caller has just acquired the lock at `address`; nothing without it.
void cinterlock_tsan_acquire(const void *address);

/// Tells the thread sanitizer that the caller is about to release the lock at `address`; nothing without it.
void cinterlock_tsan_release(const void *address);

/// Threads on which the race explorer runs a step now; 0 in every program without it.
extern int interlock_lab_threads;

/// Whether anything in this process is being explored. One relaxed load.
static inline bool cinterlock_is_explored(void) {
  return __builtin_expect(__atomic_load_n(&interlock_lab_threads, __ATOMIC_RELAXED) != 0, 0);
}

/// Tells the race explorer that the running step uses the memory at `address`; nothing without it.
void interlock_lab_touch(const void *address);

/// Tells the race explorer that the running step has just given up a lock: others may run now.
void interlock_lab_unlocked(void);

#endif
