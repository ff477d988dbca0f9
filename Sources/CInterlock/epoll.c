#ifdef __linux__
#define _GNU_SOURCE
#include "cinterlock_linux.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 64

int cinterlock_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cinterlock_epoll_add(int epoll, int descriptor, uint64_t token) {
  struct epoll_event event = {
      .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
      .data.u64 = token,
  };
  return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

int cinterlock_epoll_change(int epoll, int descriptor, uint64_t token, uint32_t wanted) {
  struct epoll_event event = {.events = EPOLLET, .data.u64 = token};
  if (wanted & CINTERLOCK_READABLE) event.events |= EPOLLIN | EPOLLRDHUP;
  if (wanted & CINTERLOCK_WRITABLE) event.events |= EPOLLOUT;
  return epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event);
}

int cinterlock_epoll_remove(int epoll, int descriptor) {
  struct epoll_event unused = {0};
  return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &unused);
}

int cinterlock_epoll_wait(int epoll, cinterlock_event *events, int capacity) {
  struct epoll_event batch[BATCH];
  int count = epoll_wait(epoll, batch, capacity < BATCH ? capacity : BATCH, -1);
  for (int i = 0; i < count; i++) {
    uint32_t bits = batch[i].events;
    uint32_t ready = 0;
    if (bits & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) ready |= CINTERLOCK_READABLE;
    if (bits & (EPOLLOUT | EPOLLHUP | EPOLLERR)) ready |= CINTERLOCK_WRITABLE;
    if (bits & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) ready |= CINTERLOCK_HUNG_UP;
    events[i].token = batch[i].data.u64;
    events[i].ready = ready;
  }
  return count;
}

int cinterlock_wait_readable(int descriptor, int64_t nanoseconds) {
  struct pollfd entry = {.fd = descriptor, .events = POLLIN};
  struct timespec limit = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  return ppoll(&entry, 1, &limit, NULL);
}

int cinterlock_accept(int listener) {
  return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int cinterlock_wake_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void cinterlock_wake_signal(int wake) {
  uint64_t one = 1;
  // The only failure is a full counter, which is readable already.
  ssize_t ignored = write(wake, &one, sizeof one);
  (void)ignored;
}
#endif
