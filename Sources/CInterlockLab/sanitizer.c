#include "original.h"

// The sanitizer test must be in a C file: Swift's importer does not see it in a header.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

#ifdef IS_SANITIZED
void __tsan_acquire(void *address);
void __tsan_release(void *address);

void interlock_lab_acquired(const void *lock) { __tsan_acquire((void *)lock); }
void interlock_lab_releases(const void *lock) { __tsan_release((void *)lock); }
#else
void interlock_lab_acquired(const void *lock) { (void)lock; }
void interlock_lab_releases(const void *lock) { (void)lock; }
#endif
