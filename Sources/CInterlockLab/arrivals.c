#define _GNU_SOURCE
#include "original.h"

#include <pthread.h>
#include <time.h>

// How many jobs other threads have brought, for whoever waits for one.

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static uint64_t count;

uint64_t interlock_lab_arrivals(void) { return __atomic_load_n(&count, __ATOMIC_ACQUIRE); }

void interlock_lab_tell_arrival(void) {
  pthread_mutex_lock(&lock);
  __atomic_add_fetch(&count, 1, __ATOMIC_RELEASE);
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}

void interlock_lab_await_arrival(uint64_t seen, int64_t nanoseconds) {
  int64_t end = interlock_lab_real_time() + nanoseconds;
  struct timespec deadline = {end / 1000000000, end % 1000000000};
  pthread_mutex_lock(&lock);
  while (count == seen)
    if (pthread_cond_clockwait(&changed, &lock, CLOCK_MONOTONIC, &deadline)) break;
  pthread_mutex_unlock(&lock);
}
