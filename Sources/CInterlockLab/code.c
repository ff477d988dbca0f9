#define _GNU_SOURCE
#include "original.h"

#include <dlfcn.h>

// What an address of code belongs to, for reports.

extern char *swift_demangle(
    const char *mangled, size_t length, char *output, size_t *output_length, uint32_t flags);

const char *interlock_lab_file_of(uintptr_t address, uintptr_t *base) {
  Dl_info found;
  if (!dladdr((void *)address, &found)) return NULL;
  *base = (uintptr_t)found.dli_fbase;
  return found.dli_fname;
}

char *interlock_lab_demangle(const char *mangled, size_t length) {
  return swift_demangle(mangled, length, NULL, NULL, 0);
}
