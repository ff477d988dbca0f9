#pragma once

// The functions that the interposed ones stand in front of.
//
// With the standard library as a shared library a definition in the executable wins, and the original is
// the next one the dynamic linker knows; or that of a sanitizer, which stands in front of some as well, and
// must hear of every thread. With the standard library linked statically the two would
// collide: there INTERLOCK_LAB_WRAP is defined, the linker is told to `--wrap` each symbol, and calls the
// original `__real_…`. The C library is a shared one in both forms: what is interposed of it never is wrapped.

#include "interlock_lab.h"

#define SWIFT_CC __attribute__((swiftcall))
#define SWIFT_ASYNC_CC __attribute__((swiftasynccall))
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

#ifdef INTERLOCK_LAB_WRAP
#define INTERPOSED(name) __wrap_##name
#define ORIGINAL(name) __real_##name
#else
#define INTERPOSED(name) name
#define ORIGINAL(name) original_##name
#endif

// The definition of `name` that comes after this program's, or a sanitizer's.
#define FIND_ORIGINAL(name) interlock_lab_find_original("__interceptor_" #name, #name)
void *interlock_lab_find_original(const char *sanitizer, const char *name);

typedef struct {
  void *first, *second;
} interlock_lab_pair;

// An option of a new task: a list with the kind in the low byte.
typedef struct interlock_lab_option {
  size_t flags;
  struct interlock_lab_option *next;
} interlock_lab_option;

extern _Thread_local interlock_lab_context *interlock_lab_thread_context;
// Set while a function of the lab itself starts work outside: that is no escape.
extern _Thread_local bool interlock_lab_is_forwarding;

// Writes to standard error, as far as a signal handler may.
void interlock_lab_say(const char *text);
// Writes which step runs, and how the run so far is repeated.
void interlock_lab_say_step(const interlock_lab_context *run);
void interlock_lab_say_replay(const interlock_lab_context *run);

// Finds the originals; called before anything else of the program.
void interlock_lab_find_task_functions(void);
void interlock_lab_find_clock(void);
void interlock_lab_find_thread_functions(void);
