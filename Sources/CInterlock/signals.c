#ifdef __linux__
#define _GNU_SOURCE
#include "cinterlock_linux.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define HIGHEST 64

// Descriptor + 1 for each signal; 0 while it is not forwarded.
static _Atomic int receivers[HIGHEST + 1];
static struct sigaction previous[HIGHEST + 1];

// Whether this process ignores a signal although it was not told to.
static _Atomic int ignored_here[HIGHEST + 1];

static void forward(int number) {
  int saved = errno;
  int receiver = atomic_load(&receivers[number]);
  if (receiver > 0) {
    unsigned char byte = (unsigned char)number;
    // A full pipe already holds what the reader needs to know.
    ssize_t ignored = write(receiver - 1, &byte, 1);
    (void)ignored;
  }
  errno = saved;
}

int cinterlock_signal_forward(int number, int descriptor) {
  if (number < 1 || number > HIGHEST) {
    errno = EINVAL;
    return -1;
  }
  if (atomic_exchange(&receivers[number], descriptor + 1) != 0) return 0;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = forward;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  if (sigaction(number, &action, &previous[number]) == 0) return 0;
  int saved = errno;
  atomic_store(&receivers[number], 0);
  errno = saved;
  return -1;
}

int cinterlock_signal_restore(int number) {
  if (number < 1 || number > HIGHEST || atomic_load(&receivers[number]) == 0) return 0;
  int result = sigaction(number, &previous[number], NULL);
  atomic_store(&receivers[number], 0);
  return result;
}

int cinterlock_signal_ignore(int number) {
  struct sigaction action;
  if (number < 1 || number > HIGHEST) {
    errno = EINVAL;
    return -1;
  }
  if (sigaction(number, NULL, &action) != 0) return -1;
  if (action.sa_handler == SIG_IGN) return 0;
  memset(&action, 0, sizeof action);
  action.sa_handler = SIG_IGN;
  // First noted, then done: a program started in between has it at its default either way.
  atomic_store(&ignored_here[number], 1);
  return sigaction(number, &action, NULL);
}

int cinterlock_signal_is_ignored_here(int number) {
  return number >= 1 && number <= HIGHEST && atomic_load(&ignored_here[number]);
}

int cinterlock_signal_was_ignored(int number) {
  struct sigaction action;
  if (sigaction(number, NULL, &action) != 0) return 0;
  return action.sa_handler == SIG_IGN && !cinterlock_signal_is_ignored_here(number);
}
#endif
