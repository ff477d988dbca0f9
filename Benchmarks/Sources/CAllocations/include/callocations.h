#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

#include <stdint.h>

/// What all threads of the process asked of the allocator.
struct allocations {
  int64_t count;
  int64_t bytes;
};

/// Begins to count, from zero.
void allocations_start(void);

/// Ends counting, and gives what was counted.
struct allocations allocations_stop(void);

#endif
