#ifdef __linux__
#define _GNU_SOURCE
#include "cinterlock_linux.h"

#include <poll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int cinterlock_timer_create(void) {
  return timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
}

void cinterlock_timer_set(int timer, int64_t nanoseconds) {
  struct itimerspec when = {
      .it_value = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000},
  };
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

void cinterlock_timer_wait(int timer) {
  struct pollfd entry = {.fd = timer, .events = POLLIN};
  uint64_t rings;
  // A signal may end either early: whoever waits looks at the clock anyway.
  poll(&entry, 1, -1);
  ssize_t ignored = read(timer, &rings, sizeof rings);
  (void)ignored;
}
#endif
