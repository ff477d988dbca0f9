// The POSIX form of strerror_r: the GNU form has the same name and another result.
#undef _GNU_SOURCE
#define _POSIX_C_SOURCE 200809L
#include "cinterlock_linux.h"

#include <stdio.h>
#include <string.h>

void cinterlock_error_text(int number, char *text, size_t capacity) {
  if (capacity == 0) return;
  if (strerror_r(number, text, capacity) != 0) snprintf(text, capacity, "error %d", number);
}
