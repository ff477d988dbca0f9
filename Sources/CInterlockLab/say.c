#define _GNU_SOURCE
#include "original.h"

#include <string.h>
#include <unistd.h>

// What is said when a process is about to die. Only what may be done in a signal handler.

void interlock_lab_say(const char *text) {
  // Nothing can be done about a failure here.
  ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
  (void)ignored;
}

static void say_number(int64_t number) {
  char digits[24];
  char *first = digits + sizeof digits - 1;
  *first = 0;
  do *--first = (char)('0' + number % 10);
  while (number /= 10);
  interlock_lab_say(first);
}

void interlock_lab_say_replay(const interlock_lab_context *lab) {
  interlock_lab_say(lab->replay_prefix);
  for (size_t i = 0; i < lab->deviation_count; i++) {
    if (i) interlock_lab_say(",");
    say_number(lab->deviations[i].decision);
    interlock_lab_say(":");
    say_number(lab->deviations[i].choice);
  }
  if (lab->replay_suffix) interlock_lab_say(lab->replay_suffix);
  interlock_lab_say("\n");
}
