#include "callocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

// The program's own malloc and its kin are found before the C library's. They count and leave the work
// to the C library, which also frees what it gave. While nothing is counted they cost a load and a
// branch, so that the same program can measure time.

#if !defined(__GLIBC__)
#error "counts by the second names that glibc has for its allocator"
#endif

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_bool counting;
static atomic_int_least64_t counted;
static atomic_int_least64_t counted_bytes;

static void note(size_t size) {
  if (!atomic_load_explicit(&counting, memory_order_relaxed)) return;
  atomic_fetch_add_explicit(&counted, 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&counted_bytes, (int64_t)size, memory_order_relaxed);
}

void allocations_start(void) {
  atomic_store(&counted, 0);
  atomic_store(&counted_bytes, 0);
  atomic_store(&counting, true);
}

struct allocations allocations_stop(void) {
  atomic_store(&counting, false);
  return (struct allocations){atomic_load(&counted), atomic_load(&counted_bytes)};
}

void *malloc(size_t size) {
  note(size);
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  note(count * size);
  return __libc_calloc(count, size);
}

// Another size is another allocation: it may move.
void *realloc(void *old, size_t size) {
  note(size);
  return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
  note(size);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **given, size_t alignment, size_t size) {
  void *address = memalign(alignment, size);
  if (address == NULL) return ENOMEM;
  *given = address;
  return 0;
}
