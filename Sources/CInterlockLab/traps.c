#define _GNU_SOURCE
#include "original.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static const int watched[] = {SIGILL, SIGTRAP, SIGSEGV, SIGABRT};
#define WATCHED (sizeof watched / sizeof *watched)

static struct sigaction previous[WATCHED];

static void say(const char *text) {
  // Nothing can be done about a failure here.
  ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
  (void)ignored;
}

static void trapped(int number, siginfo_t *information, void *registers) {
  (void)information, (void)registers;
  interlock_lab_context *lab = interlock_lab_thread_context;
  if (lab && lab->note) {
    say("\nlab: the process died inside a schedule; it is repeated by ");
    say(lab->note);
    say("\n");
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
