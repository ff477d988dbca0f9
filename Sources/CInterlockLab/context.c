#define _GNU_SOURCE
#include "original.h"

#include <dlfcn.h>

_Thread_local interlock_lab_context *interlock_lab_thread_context;
_Thread_local bool interlock_lab_is_forwarding;

interlock_lab_context *interlock_lab_current(void) { return interlock_lab_thread_context; }

void interlock_lab_set_current(interlock_lab_context *context) {
  interlock_lab_thread_context = context;
}

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
