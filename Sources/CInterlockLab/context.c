#define _GNU_SOURCE
#include "original.h"

#include <dlfcn.h>

_Thread_local interlock_lab_context *interlock_lab_thread_context;
_Thread_local bool interlock_lab_is_forwarding;

interlock_lab_context *interlock_lab_current(void) { return interlock_lab_thread_context; }

int interlock_lab_threads;

void interlock_lab_set_current(interlock_lab_context *context) {
  int change = (context != NULL) - (interlock_lab_thread_context != NULL);
  if (change) __atomic_add_fetch(&interlock_lab_threads, change, __ATOMIC_RELAXED);
  interlock_lab_thread_context = context;
}

void interlock_lab_touch(const void *address) {
  interlock_lab_context *lab = interlock_lab_thread_context;
  if (lab) lab->touched(lab->owner, address);
}

void interlock_lab_unlocked(void) {
  interlock_lab_context *lab = interlock_lab_thread_context;
  if (lab) lab->unlocked(lab->owner);
}

void *interlock_lab_find_original(const char *sanitizer, const char *name) {
  void *original = dlsym(RTLD_DEFAULT, sanitizer);
  return original ? original : dlsym(RTLD_NEXT, name);
}

// The order of sets and dictionaries is part of what a schedule repeats: fixed before anything is hashed.
extern struct {
  uint64_t seed0, seed1;
  bool is_deterministic;
} _swift_stdlib_Hashing_parameters __attribute__((weak));

static void fix_hashing(void) {
  // Without it the self-check says so.
  if (!&_swift_stdlib_Hashing_parameters) return;
  _swift_stdlib_Hashing_parameters.seed0 = 0;
  _swift_stdlib_Hashing_parameters.seed1 = 0;
  _swift_stdlib_Hashing_parameters.is_deterministic = true;
}

#ifdef INTERLOCK_LAB_WRAP
extern int ORIGINAL(main)(int, char **, char **);

// As a part of the program the standard library chooses its seeds after this library's constructor has run.
int INTERPOSED(main)(int count, char **arguments, char **environment) {
  fix_hashing();
  return ORIGINAL(main)(count, arguments, environment);
}
#endif

__attribute__((constructor)) static void prepare(void) {
  interlock_lab_find_clock();
  interlock_lab_find_task_functions();
  interlock_lab_find_thread_functions();
  fix_hashing();
}
