#define _GNU_SOURCE
#include "original.h"

// The kinds of option a task is made with (`TaskOptionRecordKind` of the runtime).
enum {
  OPTION_SERIAL_EXECUTOR = 0,
  OPTION_GROUP = 1,
  OPTION_ASYNC_LET = 3,
  OPTION_EXECUTOR_PREFERENCE = 5,
  OPTION_OWNED_EXECUTOR_PREFERENCE = 6,
  OPTION_NAME = 7,
  OPTION_KIND_MASK = 0xff,
};

// Flags of a new task: whether it is to run, later or at once. One that is neither is the runtime's own, a timer.
enum {
  TASK_ENQUEUE = 1 << 12,
  TASK_IMMEDIATE = 1 << 16,
};

typedef struct {
  interlock_lab_option base;
  interlock_lab_executor executor;
} executor_option;

typedef struct {
  interlock_lab_option base;
  const char *name;
} name_option;

extern SWIFT_CC void *swift_task_getCurrent(void);
extern SWIFT_CC void swift_task_cancel(void *);
extern void *swift_retain(void *);
extern void swift_release(void *);
extern void *swift_unownedRetain(void *);
extern void swift_unownedRelease(void *);

#ifdef INTERLOCK_LAB_WRAP
#define DECLARE(result, name, parameters) extern result ORIGINAL(name) parameters;
#define FIND(name)
#else
#define DECLARE(result, name, parameters) static result (*ORIGINAL(name)) parameters;
#define FIND(name) ORIGINAL(name) = FIND_ORIGINAL(name);
#endif

DECLARE(SWIFT_CC interlock_lab_pair, swift_task_create,
        (size_t, interlock_lab_option *, const void *, void *, void *))
DECLARE(SWIFT_ASYNC_CC void, swift_task_switch,
        (__attribute__((swift_async_context)) void *, void *, void *, void *))
DECLARE(SWIFT_CC void, swift_task_deinitOnExecutor, (void *, void *, void *, void *, size_t))

void interlock_lab_find_task_functions(void) {
  FIND(swift_task_create)
  FIND(swift_task_switch)
  FIND(swift_task_deinitOnExecutor)
}

// Sends a default actor's jobs to the lab. An executor of its own is treated the same: `implementation`
// is then its own table, and replacing it keeps the identity.
static void *implementation_in(interlock_lab_context *lab, void *identity, void *implementation) {
  if (!identity || identity == lab->main_executor.identity) return implementation;
  if (lab->without & INTERLOCK_LAB_WITHOUT_ACTORS) return implementation;
  return lab->actor_implementation;
}

// Makes every new unstructured task prefer the lab's executor: with a preference each change of
// isolation is an enqueue, and each enqueue is the lab's. Children inherit it by themselves.
SWIFT_CC interlock_lab_pair INTERPOSED(swift_task_create)(
    size_t flags, interlock_lab_option *options, const void *result, void *function, void *context) {
  interlock_lab_context *lab = interlock_lab_thread_context;
  if (!UNLIKELY(lab != NULL) || lab->without & INTERLOCK_LAB_WITHOUT_TASKS ||
      !(flags & (TASK_ENQUEUE | TASK_IMMEDIATE)))
    return ORIGINAL(swift_task_create)(flags, options, result, function, context);

  bool has_place = false;
  const char *name = NULL;
  for (interlock_lab_option *option = options; option; option = option->next) {
    executor_option *place = (executor_option *)option;
    switch (option->flags & OPTION_KIND_MASK) {
    case OPTION_SERIAL_EXECUTOR:
      place->executor.implementation =
          implementation_in(lab, place->executor.identity, place->executor.implementation);
      break;
    case OPTION_OWNED_EXECUTOR_PREFERENCE:
      // `Task.immediate` always names a preference, also when it has none.
      if (!place->executor.identity) {
        option->flags = (option->flags & ~(size_t)OPTION_KIND_MASK) | OPTION_EXECUTOR_PREFERENCE;
        place->executor = lab->task_executor;
      }
      // fall through
    case OPTION_EXECUTOR_PREFERENCE:
      if (place->executor.identity && place->executor.identity != lab->task_executor.identity)
        lab->escaped(lab->owner, "Task(executorPreference:)");
      has_place = true;
      break;
    case OPTION_GROUP:
    case OPTION_ASYNC_LET:
      has_place = true;
      break;
    case OPTION_NAME:
      if (!(lab->without & INTERLOCK_LAB_WITHOUT_NAMES)) name = ((name_option *)option)->name;
      break;
    }
  }
  executor_option preference = {{OPTION_EXECUTOR_PREFERENCE, options}, lab->task_executor};
  lab->is_creating = true;
  interlock_lab_pair task = ORIGINAL(swift_task_create)(
      flags, has_place ? options : &preference.base, result, function, context);
  lab->is_creating = false;
  lab->created(lab->owner, task.first, name);
  return task;
}

// Nothing may stand on the stack when the original is entered: the calling convention wants a tail call.
__attribute__((noinline)) static void *switched(void *identity, void *implementation) {
  return implementation_in(interlock_lab_thread_context, identity, implementation);
}

SWIFT_ASYNC_CC void INTERPOSED(swift_task_switch)(
    __attribute__((swift_async_context)) void *context, void *resume, void *identity,
    void *implementation) {
  if (UNLIKELY(interlock_lab_thread_context != NULL))
    implementation = switched(identity, implementation);
  __attribute__((musttail)) return ORIGINAL(swift_task_switch)(
      context, resume, identity, implementation);
}

// An isolated `deinit` is a job of its own, of no task, on the actor.
SWIFT_CC void INTERPOSED(swift_task_deinitOnExecutor)(
    void *object, void *work, void *identity, void *implementation, size_t flags) {
  interlock_lab_context *lab = interlock_lab_thread_context;
  if (!UNLIKELY(lab != NULL))
    return ORIGINAL(swift_task_deinitOnExecutor)(object, work, identity, implementation, flags);
  // Where nobody has to wait for the actor, the work is done here, and may let others leave.
  void *outer = lab->leaving;
  lab->leaving = object;
  implementation = implementation_in(lab, identity, implementation);
  ORIGINAL(swift_task_deinitOnExecutor)(object, work, identity, implementation, flags);
  lab->leaving = outer;
}

void *interlock_lab_current_task(void) { return swift_task_getCurrent(); }
void interlock_lab_cancel(void *task) { swift_task_cancel(task); }
void *interlock_lab_retain(void *object) { return swift_retain(object); }
void interlock_lab_release(void *object) { swift_release(object); }
void interlock_lab_keep_address(void *object) { swift_unownedRetain(object); }
void interlock_lab_free_address(void *object) { swift_unownedRelease(object); }

// The runtime's own calls are not interposed: these two leave through hooks.

typedef SWIFT_CC void (*enqueue_original)(void *);
typedef SWIFT_CC interlock_lab_pair (*main_executor_original)(void);

static SWIFT_CC void enqueue_globally(void *job, enqueue_original original) {
  interlock_lab_context *lab = interlock_lab_thread_context;
  if (lab && lab->enqueued(lab->owner, job)) return;
  bool was_forwarding = interlock_lab_is_forwarding;
  interlock_lab_is_forwarding = true;
  original(job);
  interlock_lab_is_forwarding = was_forwarding;
}

static SWIFT_CC interlock_lab_pair main_executor(main_executor_original original) {
  interlock_lab_context *lab = interlock_lab_thread_context;
  if (!lab || lab->without & INTERLOCK_LAB_WITHOUT_MAIN) return original();
  return (interlock_lab_pair){lab->main_executor.identity, lab->main_executor.implementation};
}

extern void *swift_task_enqueueGlobal_hook __attribute__((weak));
extern void *swift_task_getMainExecutor_hook __attribute__((weak));

bool interlock_lab_install(void) {
  if (!&swift_task_enqueueGlobal_hook || !&swift_task_getMainExecutor_hook) return false;
  swift_task_enqueueGlobal_hook = (void *)enqueue_globally;
  swift_task_getMainExecutor_hook = (void *)main_executor;
  return true;
}
