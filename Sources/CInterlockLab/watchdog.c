#define _GNU_SOURCE
#include "original.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

// One thread looks after all runs of the process: a step that blocks its thread would hold them up for ever.

// Between two looks, in nanoseconds.
enum { PAUSE = 250000000 };

// A sanitizer makes a step take many times as long.
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
enum { SLOWNESS = 20 };
#else
enum { SLOWNESS = 1 };
#endif

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static interlock_lab_context *runs;

// What counts is the looks, not the time: a machine that lets nobody run for long lets the watchdog look no
// more often.
static bool is_stuck(interlock_lab_context *run) {
  uint64_t progress = __atomic_load_n(&run->progress, __ATOMIC_ACQUIRE);
  if (progress != run->seen_progress) {
    run->seen_progress = progress;
    run->stood = 0;
    return false;
  }
  run->stood += PAUSE;
  return run->stood > run->patience * SLOWNESS;
}

static void *watch(void *unused) {
  (void)unused;
  struct timespec pause = {0, PAUSE};
  for (;;) {
    nanosleep(&pause, NULL);
    pthread_mutex_lock(&lock);
    for (interlock_lab_context *run = runs; run; run = run->next_watched) {
      if (!is_stuck(run)) continue;
      interlock_lab_say("\nlab: a step does not end: ");
      interlock_lab_say_step(run);
      interlock_lab_say(
          ". Something in it blocks its thread: a semaphore, a sleep of the thread, input or output, a "
          "lock held by an outer step. Replay: ");
      if (run->replay_prefix) interlock_lab_say_replay(run);
      abort();
    }
    pthread_mutex_unlock(&lock);
  }
  return NULL;
}

void interlock_lab_watch_run(interlock_lab_context *run) {
  static bool is_watching;
  pthread_mutex_lock(&lock);
  run->seen_progress = run->progress;
  run->stood = 0;
  run->next_watched = runs;
  runs = run;
  bool was_watching = is_watching;
  is_watching = true;
  pthread_mutex_unlock(&lock);
  if (was_watching) return;
  pthread_t thread;
  if (pthread_create(&thread, NULL, watch, NULL) == 0) pthread_detach(thread);
}

void interlock_lab_unwatch_run(interlock_lab_context *run) {
  pthread_mutex_lock(&lock);
  interlock_lab_context **link = &runs;
  while (*link && *link != run) link = &(*link)->next_watched;
  if (*link) *link = run->next_watched;
  pthread_mutex_unlock(&lock);
}
