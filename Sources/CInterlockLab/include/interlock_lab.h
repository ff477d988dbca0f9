#pragma once

// How a lab takes control of the Swift concurrency runtime. Linux; private to InterlockLab.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A Swift executor reference: an object, and how to use it.
typedef struct {
  void *_Nullable identity;
  void *_Nullable implementation;
} interlock_lab_executor;

// One engine, as the interposed functions see it. They read it only on the thread that runs it.
typedef struct interlock_lab_context {
  // Virtual time since the start of the run, in nanoseconds.
  int64_t now;
  // Where tasks run that are isolated to no actor.
  interlock_lab_executor task_executor;
  // Where the main actor's jobs go.
  interlock_lab_executor main_executor;
  // What every actor's jobs go through: the actor keeps its identity, so isolation checks hold.
  void *_Nullable actor_implementation;
  // The engine, for the functions below.
  void *_Nonnull owner;
  // An unstructured task came to be.
  void (*_Nonnull created)(void *_Nonnull owner, void *_Nonnull task, const char *_Nullable name);
  // A job was handed to the process-wide pool; whether the lab took it.
  bool (*_Nonnull enqueued)(void *_Nonnull owner, void *_Nonnull job);
  // Work was started that the lab cannot control.
  void (*_Nonnull escaped)(void *_Nonnull owner, const char *_Nonnull function);
  // What is written when the process dies inside a step, kept ready by the engine.
  const char *_Nullable note;
} interlock_lab_context;

// The engine whose step runs on this thread; NULL outside every lab.
interlock_lab_context *_Nullable interlock_lab_current(void);
void interlock_lab_set_current(interlock_lab_context *_Nullable context);

// Puts the hooks in place, once a process. False when the runtime has none of them.
bool interlock_lab_install(void);

// Real time, also inside a lab, in nanoseconds.
int64_t interlock_lab_real_time(void);

// The task that runs on this thread; NULL outside every task.
void *_Nullable interlock_lab_current_task(void);
void interlock_lab_cancel(void *_Nonnull task);
void *_Nonnull interlock_lab_retain(void *_Nonnull object);
void interlock_lab_release(void *_Nonnull object);
// The object may die, but nothing else gets its address.
void interlock_lab_keep_address(void *_Nonnull object);
void interlock_lab_free_address(void *_Nonnull object);

// From now on a process that dies inside a step says so on standard error, with the engine's note.
void interlock_lab_watch_traps(void);

#ifdef __cplusplus
}
#endif
