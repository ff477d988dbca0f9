#define _GNU_SOURCE
#include "original.h"

#include <stdlib.h>
#include <time.h>

#define NANOSECONDS 1000000000LL
// A lab's run starts on 2026-01-01 at 00:00:00 UTC, and 1000 s after the machine's.
#define REALTIME_START (1767225600LL * NANOSECONDS)
#define MONOTONIC_START (1000LL * NANOSECONDS)

static int (*original_clock_gettime)(clockid_t, struct timespec *);

void interlock_lab_find_clock(void) {
  original_clock_gettime = FIND_ORIGINAL(clock_gettime);
  if (original_clock_gettime) return;
  interlock_lab_say("lab: there is no clock_gettime behind the lab's: the C library must be a shared one\n");
  abort();
}

static int real_time(clockid_t clock, struct timespec *time) {
  // Other constructors may ask for the time before this library's has run.
  if (UNLIKELY(original_clock_gettime == NULL)) interlock_lab_find_clock();
  return original_clock_gettime(clock, time);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  interlock_lab_context *lab = interlock_lab_thread_context;
  if (!UNLIKELY(lab != NULL) || lab->without & INTERLOCK_LAB_WITHOUT_CLOCK)
    return real_time(clock, time);
  // What a process or a thread has used of the processor is real.
  if (clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID)
    return real_time(clock, time);
  int64_t now = lab->now + (clock == CLOCK_REALTIME ? REALTIME_START : MONOTONIC_START);
  time->tv_sec = now / NANOSECONDS;
  time->tv_nsec = now % NANOSECONDS;
  return 0;
}

int64_t interlock_lab_real_time(void) {
  struct timespec time;
  real_time(CLOCK_MONOTONIC, &time);
  return time.tv_sec * NANOSECONDS + time.tv_nsec;
}
