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

#ifndef INTERLOCK_LAB_WRAP
void *interlock_lab_find_original(const char *sanitizer, const char *name) {
  void *original = dlsym(RTLD_DEFAULT, sanitizer);
  return original ? original : dlsym(RTLD_NEXT, name);
}
#endif

// The order of sets and dictionaries is part of what a schedule repeats. Before anything is hashed.
static void fix_hashing(void) {
  struct {
    uint64_t seed0, seed1;
    bool is_deterministic;
  } *parameters = dlsym(RTLD_DEFAULT, "_swift_stdlib_Hashing_parameters");
  if (!parameters) return;
  parameters->seed0 = 0;
  parameters->seed1 = 0;
  parameters->is_deterministic = true;
}

__attribute__((constructor)) static void prepare(void) {
  interlock_lab_find_clock();
  interlock_lab_find_task_functions();
  interlock_lab_find_thread_functions();
  fix_hashing();
}
