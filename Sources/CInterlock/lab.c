#include "cinterlock.h"

// Weak: a program that has the race explorer in it brings its own.
__attribute__((weak)) int interlock_lab_threads;

__attribute__((weak)) void interlock_lab_touch(const void *address) { (void)address; }

__attribute__((weak)) void interlock_lab_unlocked(void) {}
