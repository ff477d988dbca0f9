#ifdef __linux__
#define _GNU_SOURCE
#include "cinterlock_linux.h"

#include <fcntl.h>
#include <unistd.h>

int cinterlock_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
#endif
