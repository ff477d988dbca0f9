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

static void say_number(uint64_t number) {
  char digits[24];
  char *first = digits + sizeof digits - 1;
  *first = 0;
  do *--first = (char)('0' + number % 10);
  while (number /= 10);
  interlock_lab_say(first);
}

void interlock_lab_name_task(interlock_lab_context *lab, int32_t task, const char *name) {
  if (!lab->names || lab->name_count == INTERLOCK_LAB_NAMES) return;
  interlock_lab_name *entry = &lab->names[lab->name_count++];
  entry->task = task;
  strncpy(entry->text, name, sizeof entry->text - 1);
  entry->text[sizeof entry->text - 1] = 0;
}

static void say_task(const interlock_lab_context *lab) {
  for (size_t i = 0; i < lab->name_count; i++) {
    if (lab->names[i].task != lab->step.task) continue;
    interlock_lab_say("task ");
    return interlock_lab_say(lab->names[i].text);
  }
  interlock_lab_say("task T");
  say_number((uint64_t)lab->step.task);
}

static uintptr_t word_at(uintptr_t address) {
  uintptr_t word = 0;
  return address && interlock_lab_read(address, &word) ? word : 0;
}

// Where an object's class has its descriptor, and where that has its name, as a distance (32 bits).
enum { CLASS_DESCRIPTOR = 40, DESCRIPTOR_NAME = 8 };

// Asking the runtime for the name of a type may take memory and locks.
static void say_type(uintptr_t object) {
  uintptr_t descriptor = word_at(word_at(object) + CLASS_DESCRIPTOR);
  uintptr_t place = descriptor + DESCRIPTOR_NAME;
  uintptr_t name = place + (uintptr_t)(intptr_t)(int32_t)word_at(place);
  char letters[INTERLOCK_LAB_NAME_SIZE] = {0};
  for (size_t i = 0; i + sizeof name < sizeof letters; i += sizeof name) {
    uintptr_t word = word_at(name + i);
    memcpy(letters + i, &word, sizeof word);
    if (memchr(&word, 0, sizeof word)) break;
  }
  interlock_lab_say(letters);
}

void interlock_lab_say_step(const interlock_lab_context *lab) {
  interlock_lab_say("step ");
  say_number((uint64_t)lab->step.number);
  interlock_lab_say(", of ");
  say_task(lab);
  if (!lab->step.actor) return;
  if (lab->step.actor == (uintptr_t)lab->main_executor.identity)
    return interlock_lab_say(", on the main actor");
  interlock_lab_say(", on actor ");
  say_type(lab->step.actor);
}

void interlock_lab_say_replay(const interlock_lab_context *lab) {
  interlock_lab_say(lab->replay_prefix);
  for (size_t i = 0; i < lab->deviation_count; i++) {
    if (i) interlock_lab_say(",");
    say_number((uint64_t)lab->deviations[i].decision);
    interlock_lab_say(":");
    say_number((uint64_t)lab->deviations[i].choice);
  }
  if (lab->replay_suffix) interlock_lab_say(lab->replay_suffix);
  if (lab->has_drawn && lab->seed) {
    interlock_lab_say("/r=");
    say_number(lab->seed);
  }
  interlock_lab_say("\n");
}
