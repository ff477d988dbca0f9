#include "cinterlock.h"

// The sanitizer test must be in a C file: Swift's importer does not see it in a header.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CINTERLOCK_TSAN 1
#endif
#endif

#ifdef CINTERLOCK_TSAN
void __tsan_acquire(void *address);
void __tsan_release(void *address);

void cinterlock_tsan_acquire(const void *address) { __tsan_acquire((void *)address); }
void cinterlock_tsan_release(const void *address) { __tsan_release((void *)address); }
#else
void cinterlock_tsan_acquire(const void *address) { (void)address; }
void cinterlock_tsan_release(const void *address) { (void)address; }
#endif
