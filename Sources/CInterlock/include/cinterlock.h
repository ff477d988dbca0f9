#ifndef CINTERLOCK_H
#define CINTERLOCK_H

#include <stdint.h>

#include "cinterlock_linux.h"

/// Nanoseconds on the monotonic clock that keeps counting while the machine sleeps.
int64_t cinterlock_monotonic_nanoseconds(void);

/// Tells the thread sanitizer that the caller has just acquired the lock at `address`; nothing without it.
void cinterlock_tsan_acquire(const void *address);

/// Tells the thread sanitizer that the caller is about to release the lock at `address`; nothing without it.
void cinterlock_tsan_release(const void *address);

#endif
