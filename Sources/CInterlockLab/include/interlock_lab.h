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

// A decision that differs from the default one.
typedef struct {
  int64_t decision;
  int32_t choice;
} interlock_lab_deviation;

// A step: what is told of it when it never ends, or takes the process with it.
typedef struct {
  int64_t number;
  int32_t task;
  // The address of the actor it runs on; 0 for none.
  uintptr_t actor;
} interlock_lab_step;

// The name of a task, cut to what fits; and of how many there is room.
enum { INTERLOCK_LAB_NAMES = 64, INTERLOCK_LAB_NAME_SIZE = 60 };
typedef struct {
  int32_t task;
  char text[INTERLOCK_LAB_NAME_SIZE];
} interlock_lab_name;

// What can be left off.
enum {
  INTERLOCK_LAB_WITHOUT_TASKS = 1 << 0,
  INTERLOCK_LAB_WITHOUT_NAMES = 1 << 1,
  INTERLOCK_LAB_WITHOUT_ACTORS = 1 << 2,
  INTERLOCK_LAB_WITHOUT_MAIN = 1 << 3,
  INTERLOCK_LAB_WITHOUT_CLOCK = 1 << 4,
  INTERLOCK_LAB_WITHOUT_CHILDREN = 1 << 5,
  INTERLOCK_LAB_WITHOUT_SLEEP = 1 << 6,
  INTERLOCK_LAB_WITHOUT_YIELD = 1 << 7,
};

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
  // Memory that is no actor was used, or a lock on it was given up.
  void (*_Nonnull touched)(void *_Nonnull owner, const void *_Nonnull address);
  void (*_Nonnull unlocked)(void *_Nonnull owner);

  // How the run so far is repeated, for when the process dies inside a step. What stands before the
  // deviations, and after them; NULL when nothing is to be said.
  const char *_Nullable replay_prefix;
  const char *_Nullable replay_suffix;
  const interlock_lab_deviation *_Nullable deviations;
  size_t deviation_count;
  // What the body's random numbers began with, and whether it has drawn any.
  uint64_t seed;
  bool has_drawn;
  // Whether a task is being made that has an object of its own. Its first job arrives before it is told of.
  bool is_creating;
  // The object that is handed to its isolated `deinit`; NULL at any other time.
  void *_Nullable leaving;
  // The step that runs, and the names of the first tasks of the run that have one.
  interlock_lab_step step;
  interlock_lab_name *_Nullable names;
  size_t name_count;

  // Controls that are left off, to see that the self-check notices. INTERLOCK_LAB_WITHOUT_….
  uint32_t without;

  // For the watchdog: steps of all runs, how long one may take in nanoseconds, what was seen, and for how long.
  uint64_t progress;
  int64_t patience;
  uint64_t seen_progress;
  int64_t stood;
  struct interlock_lab_context *_Nullable next_watched;
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

// Jobs that threads outside have brought to a lab, of all runs. Whoever has seen so many may wait, no longer than
// so many nanoseconds, for another.
uint64_t interlock_lab_arrivals(void);
void interlock_lab_tell_arrival(void);
void interlock_lab_await_arrival(uint64_t seen, int64_t nanoseconds);

// Reads a word of this process that may not be there; false when it is not.
bool interlock_lab_read(uintptr_t address, uintptr_t *_Nonnull word);
// From now on nothing can be read so, as in a sandbox that forbids it: to see that the self-check notices.
void interlock_lab_forbid_reading(void);

// Tells the thread sanitizer, if the program has it, of a lock that it cannot see.
void interlock_lab_acquired(const void *_Nonnull lock);
void interlock_lab_releases(const void *_Nonnull lock);

// The file from which an address of code was loaded, and where that begins; NULL when there is none.
const char *_Nullable interlock_lab_file_of(uintptr_t address, uintptr_t *_Nonnull base);
// The name of a Swift symbol as it is written, to be freed; NULL for another.
char *_Nullable interlock_lab_demangle(const char *_Nonnull mangled, size_t length);

// From now on a process that dies inside a step says on standard error how that is repeated.
void interlock_lab_watch_traps(void);
// This thread can say so also when its stack is full.
void interlock_lab_give_stack(void);

// Until it is unwatched, the process is ended when a step of this run takes longer than its patience.
void interlock_lab_watch_run(interlock_lab_context *_Nonnull run);
void interlock_lab_unwatch_run(interlock_lab_context *_Nonnull run);

// A step begins.
static inline void interlock_lab_begin_step(
    interlock_lab_context *_Nonnull run, interlock_lab_step step) {
  run->step = step;
  // The watchdog reads the step only when nothing has moved on since.
  __atomic_store_n(&run->progress, run->progress + 1, __ATOMIC_RELEASE);
}

// A task of the run has a name. There is room for some; others are told by their numbers.
void interlock_lab_name_task(
    interlock_lab_context *_Nonnull run, int32_t task, const char *_Nonnull name);

// For a guard that is no actor: its memory is used, or its lock was just given up. Outside every lab
// nothing happens.
void interlock_lab_touch(const void *_Nonnull address);
void interlock_lab_unlocked(void);
// Threads that run a step of a lab now. Whoever calls the two functions above may look here first.
extern int interlock_lab_threads;

#ifdef __cplusplus
}
#endif
