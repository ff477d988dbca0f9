#ifdef __linux__
#define _GNU_SOURCE
#include "cinterlock_linux.h"

#include <sys/timex.h>

int cinterlock_clock_is_synchronised(void) {
  struct timex request = {0};
  int state = adjtimex(&request);
  if (state < 0) return -1;
  return state != TIME_ERROR && !(request.status & STA_UNSYNC);
}
#endif
