#define _GNU_SOURCE
#include "original.h"

#include <pthread.h>

// Work that is started outside the lab is noted where it starts: its wake-up may come before the task
// that waits for it has suspended, and then nothing else would show it.

static void note(const char *function) {
  interlock_lab_context *lab = interlock_lab_thread_context;
  if (UNLIKELY(lab != NULL) && !interlock_lab_is_forwarding) lab->escaped(lab->owner, function);
}

// The functions of Dispatch that start work, or hand it to another thread: X(name, parameters, arguments).
#define DISPATCH(X)                                                                             \
  X(dispatch_async, (void *queue, void *work), (queue, work))                                   \
  X(dispatch_async_f, (void *queue, void *context, void *work), (queue, context, work))         \
  X(dispatch_sync, (void *queue, void *work), (queue, work))                                    \
  X(dispatch_barrier_async, (void *queue, void *work), (queue, work))                           \
  X(dispatch_barrier_sync, (void *queue, void *work), (queue, work))                            \
  X(dispatch_after, (uint64_t when, void *queue, void *work), (when, queue, work))              \
  X(dispatch_after_f, (uint64_t when, void *queue, void *context, void *work),                  \
    (when, queue, context, work))                                                               \
  X(dispatch_apply, (size_t count, void *queue, void *work), (count, queue, work))              \
  X(dispatch_group_async, (void *group, void *queue, void *work), (group, queue, work))         \
  X(dispatch_group_async_f, (void *group, void *queue, void *context, void *work),              \
    (group, queue, context, work))                                                              \
  X(dispatch_group_notify, (void *group, void *queue, void *work), (group, queue, work))        \
  X(dispatch_block_notify, (void *block, void *queue, void *work), (block, queue, work))        \
  X(dispatch_activate, (void *object), (object))                                                \
  X(dispatch_resume, (void *object), (object))                                                  \
  X(dispatch_source_merge_data, (void *source, uintptr_t data), (source, data))                 \
  X(dispatch_read, (int file, size_t length, void *queue, void *work),                          \
    (file, length, queue, work))                                                                \
  X(dispatch_write, (int file, void *data, void *queue, void *work), (file, data, queue, work)) \
  X(dispatch_io_read, (void *channel, int64_t offset, size_t length, void *queue, void *work),  \
    (channel, offset, length, queue, work))                                                     \
  X(dispatch_io_write, (void *channel, int64_t offset, void *data, void *queue, void *work),    \
    (channel, offset, data, queue, work))

#ifdef INTERLOCK_LAB_WRAP
#define DECLARE(name, parameters, arguments) extern void ORIGINAL(name) parameters;
#define FIND(name, parameters, arguments)
#else
#define DECLARE(name, parameters, arguments) static void (*ORIGINAL(name)) parameters;
#define FIND(name, parameters, arguments) \
  if (UNLIKELY(ORIGINAL(name) == NULL)) ORIGINAL(name) = FIND_ORIGINAL(name);
#endif

#define INTERPOSE(name, parameters, arguments) \
  void INTERPOSED(name) parameters {           \
    note(#name);                               \
    FIND(name, parameters, arguments)          \
    ORIGINAL(name) arguments;                  \
  }

DISPATCH(DECLARE)
DISPATCH(INTERPOSE)

static int (*original_pthread_create)(
    pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

int pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
  note("pthread_create");
  if (UNLIKELY(original_pthread_create == NULL))
    original_pthread_create = FIND_ORIGINAL(pthread_create);
  return original_pthread_create(thread, attributes, start, argument);
}

void interlock_lab_find_thread_functions(void) {
  original_pthread_create = FIND_ORIGINAL(pthread_create);
  DISPATCH(FIND)
}
