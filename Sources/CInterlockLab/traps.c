#define _GNU_SOURCE
#include "original.h"

#include <signal.h>
#include <string.h>

static const int watched[] = {SIGILL, SIGTRAP, SIGSEGV, SIGABRT, SIGBUS, SIGFPE};
#define WATCHED (sizeof watched / sizeof *watched)

static struct sigaction previous[WATCHED];

static void trapped(int number, siginfo_t *information, void *registers) {
  (void)information, (void)registers;
  interlock_lab_context *lab = interlock_lab_thread_context;
  if (lab && lab->replay_prefix) {
    interlock_lab_say("\nlab: the process died in ");
    interlock_lab_say_step(lab);
    interlock_lab_say(". Replay: ");
    interlock_lab_say_replay(lab);
  }
  for (size_t i = 0; i < WATCHED; i++)
    if (watched[i] == number) sigaction(number, &previous[i], NULL);
  raise(number);
}

void interlock_lab_watch_traps(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = trapped;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (size_t i = 0; i < WATCHED; i++) sigaction(watched[i], &action, &previous[i]);
}
