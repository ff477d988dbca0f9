#define _GNU_SOURCE
#include "original.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
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

// Deep enough for what is said here and for the handlers that follow.
enum { HANDLER_STACK = 256 * 1024 };

static pthread_key_t handler_stack;
static pthread_once_t has_key = PTHREAD_ONCE_INIT;

static void give_back(void *stack) {
  stack_t none = {.ss_flags = SS_DISABLE};
  sigaltstack(&none, NULL);
  free(stack);
}

static void make_key(void) { pthread_key_create(&handler_stack, give_back); }

void interlock_lab_give_stack(void) {
  static _Thread_local bool is_done;
  if (is_done) return;
  is_done = true;
  stack_t old;
  // Somebody else has seen to it.
  if (sigaltstack(NULL, &old) != 0 || !(old.ss_flags & SS_DISABLE)) return;
  pthread_once(&has_key, make_key);
  stack_t stack = {.ss_sp = malloc(HANDLER_STACK), .ss_size = HANDLER_STACK};
  if (!stack.ss_sp) return;
  if (sigaltstack(&stack, NULL) == 0 && pthread_setspecific(handler_stack, stack.ss_sp) == 0) return;
  give_back(stack.ss_sp);
}

void interlock_lab_watch_traps(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = trapped;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (size_t i = 0; i < WATCHED; i++) sigaction(watched[i], &action, &previous[i]);
}
