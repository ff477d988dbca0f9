#define _GNU_SOURCE
#include "original.h"

#include <pthread.h>

// Work that is started outside the lab is noted where it starts: its wake-up may come before the task
// that waits for it has suspended, and then nothing else would show it.

typedef void (*block_function)(void *, void *);
typedef void (*call_function)(void *, void *, void *);
typedef void (*after_function)(uint64_t, void *, void *);
typedef void (*after_call_function)(uint64_t, void *, void *, void *);
typedef void (*group_function)(void *, void *, void *);
typedef void (*group_call_function)(void *, void *, void *, void *);
typedef void (*object_function)(void *);
typedef int (*thread_function)(
    pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

#define FUNCTIONS(X)                                                                            \
  X(block_function, dispatch_async)                                                             \
  X(call_function, dispatch_async_f)                                                            \
  X(block_function, dispatch_sync)                                                              \
  X(block_function, dispatch_barrier_async)                                                     \
  X(after_function, dispatch_after)                                                             \
  X(after_call_function, dispatch_after_f)                                                      \
  X(group_function, dispatch_group_async)                                                       \
  X(group_call_function, dispatch_group_async_f)                                                \
  X(object_function, dispatch_activate)                                                         \
  X(object_function, dispatch_resume)                                                           \
  X(thread_function, pthread_create)

#ifdef INTERLOCK_LAB_WRAP
extern void ORIGINAL(dispatch_async)(void *, void *);
extern void ORIGINAL(dispatch_async_f)(void *, void *, void *);
extern void ORIGINAL(dispatch_sync)(void *, void *);
extern void ORIGINAL(dispatch_barrier_async)(void *, void *);
extern void ORIGINAL(dispatch_after)(uint64_t, void *, void *);
extern void ORIGINAL(dispatch_after_f)(uint64_t, void *, void *, void *);
extern void ORIGINAL(dispatch_group_async)(void *, void *, void *);
extern void ORIGINAL(dispatch_group_async_f)(void *, void *, void *, void *);
extern void ORIGINAL(dispatch_activate)(void *);
extern void ORIGINAL(dispatch_resume)(void *);
extern int ORIGINAL(pthread_create)(
    pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
void interlock_lab_find_thread_functions(void) {}
#define FIND(name)
#else
#define DECLARE(type, name) static type ORIGINAL(name);
FUNCTIONS(DECLARE)

#define FIND(name) \
  if (UNLIKELY(ORIGINAL(name) == NULL)) ORIGINAL(name) = FIND_ORIGINAL(name);

void interlock_lab_find_thread_functions(void) {
#define FIND_EACH(type, name) FIND(name)
  FUNCTIONS(FIND_EACH)
}
#endif

static void note(const char *function) {
  interlock_lab_context *lab = interlock_lab_thread_context;
  if (UNLIKELY(lab != NULL) && !interlock_lab_is_forwarding) lab->escaped(lab->owner, function);
}

#define FORWARD(name, ...) \
  note(#name);             \
  FIND(name)               \
  ORIGINAL(name)(__VA_ARGS__)

void INTERPOSED(dispatch_async)(void *queue, void *block) {
  FORWARD(dispatch_async, queue, block);
}

void INTERPOSED(dispatch_async_f)(void *queue, void *context, void *work) {
  FORWARD(dispatch_async_f, queue, context, work);
}

void INTERPOSED(dispatch_sync)(void *queue, void *block) {
  FORWARD(dispatch_sync, queue, block);
}

void INTERPOSED(dispatch_barrier_async)(void *queue, void *block) {
  FORWARD(dispatch_barrier_async, queue, block);
}

void INTERPOSED(dispatch_after)(uint64_t when, void *queue, void *block) {
  FORWARD(dispatch_after, when, queue, block);
}

void INTERPOSED(dispatch_after_f)(uint64_t when, void *queue, void *context, void *work) {
  FORWARD(dispatch_after_f, when, queue, context, work);
}

void INTERPOSED(dispatch_group_async)(void *group, void *queue, void *block) {
  FORWARD(dispatch_group_async, group, queue, block);
}

void INTERPOSED(dispatch_group_async_f)(void *group, void *queue, void *context, void *work) {
  FORWARD(dispatch_group_async_f, group, queue, context, work);
}

void INTERPOSED(dispatch_activate)(void *object) { FORWARD(dispatch_activate, object); }

void INTERPOSED(dispatch_resume)(void *object) { FORWARD(dispatch_resume, object); }

int INTERPOSED(pthread_create)(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
  note("pthread_create");
  FIND(pthread_create)
  return ORIGINAL(pthread_create)(thread, attributes, start, argument);
}
