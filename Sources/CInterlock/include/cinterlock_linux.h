#ifndef CINTERLOCK_LINUX_H
#define CINTERLOCK_LINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Writes the text for an error number into `text`; it never fails and always terminates.
void cinterlock_error_text(int number, char *text, size_t capacity);

#ifdef __linux__

/// What one wait reports about one descriptor.
typedef struct {
  /// The number the descriptor was added under.
  uint64_t token;
  /// Bits of `CINTERLOCK_READABLE`, `CINTERLOCK_WRITABLE` and `CINTERLOCK_HUNG_UP`; a hang-up or error sets all.
  uint32_t ready;
} cinterlock_event;

#define CINTERLOCK_READABLE 1u
#define CINTERLOCK_WRITABLE 2u
/// The other side sends no more: what is read ends with nothing, and no further event says so.
#define CINTERLOCK_HUNG_UP 4u

/// Makes an epoll descriptor; -1 with `errno` on failure.
int cinterlock_epoll_create(void);

/// Reports changes of `descriptor` in both directions, edge-triggered, under `token`.
int cinterlock_epoll_add(int epoll, int descriptor, uint64_t token);

/// Reports of `descriptor` from now on what `wanted` has of `CINTERLOCK_READABLE` and `CINTERLOCK_WRITABLE`; what is so
/// already is reported.
int cinterlock_epoll_change(int epoll, int descriptor, uint64_t token, uint32_t wanted);

/// Stops reporting `descriptor`.
int cinterlock_epoll_remove(int epoll, int descriptor);

/// Waits without limit for events; the number of them, or -1 with `errno`.
int cinterlock_epoll_wait(int epoll, cinterlock_event *events, int capacity);

/// Waits until `descriptor` has something to be read, or has ended, for so long at most: 1 when it is so, 0 when not, -1
/// with `errno` on failure.
int cinterlock_wait_readable(int descriptor, int64_t nanoseconds);

/// Makes a pipe, reading end first, that no child inherits; -1 with `errno` on failure.
int cinterlock_pipe(int ends[2]);

/// Makes a descriptor that another thread can make readable; -1 with `errno` on failure.
int cinterlock_wake_create(void);

/// Makes `wake` readable.
void cinterlock_wake_signal(int wake);

/// Writes the speeds a terminal line can be set to, slowest first, as far as there is room.
///
/// Returns how many there are.
size_t cinterlock_terminal_speeds(uint32_t *rates, size_t capacity);

/// Puts a terminal line into raw mode, eight bits, no parity, one stop bit, no flow control.
///
/// `bits_per_second` of 0 leaves the speed alone (a pseudo-terminal has none).
/// Returns 0; -1 with `errno`, which is EINVAL for a speed the system has no constant for.
int cinterlock_terminal_make_raw(int descriptor, uint32_t bits_per_second);

/// Refuses further opens of the terminal; -1 with `errno` on failure.
int cinterlock_terminal_claim(int descriptor);

// How many characters a line of a terminal has; 0 when it is none, or does not know.
int cinterlock_terminal_width(int descriptor);

/// How many bytes were written but not sent; -1 with `errno` on failure.
int cinterlock_terminal_unsent(int descriptor);

/// Discards what was written but not sent, so that closing does not wait for a dead line.
void cinterlock_terminal_discard_output(int descriptor);

/// Opens a pseudo-terminal's master, non-blocking, and writes the path of its slave.
int cinterlock_pseudo_terminal_open(char *path, size_t capacity);

/// Accepts a connection that never blocks and that no child inherits; -1 with `errno`.
int cinterlock_accept(int listener);

/// From now on each arrival of `number` writes one byte of that value to `descriptor`.
///
/// One process-wide receiver: a later call for the same number replaces the descriptor.
int cinterlock_signal_forward(int number, int descriptor);

/// Gives `number` back what it did before `cinterlock_signal_forward`.
int cinterlock_signal_restore(int number);

/// Ignores `number` in this process alone: programs it starts do not.
int cinterlock_signal_ignore(int number);

/// Whether `number` is ignored because of `cinterlock_signal_ignore`.
int cinterlock_signal_is_ignored_here(int number);

/// Whether `number` has been ignored since before this process could ask for it, as after `nohup`.
int cinterlock_signal_was_ignored(int number);

/// A program to be started.
typedef struct {
  /// Its name, looked for in `PATH`, and its arguments; NULL ends them.
  char *const *words;
  /// Its environment; NULL ends it.
  char *const *environment;
  /// A descriptor it inherits beside the standard streams; -1 for none.
  int lease;
  /// The number it has there.
  int lease_number;
  /// The other end of that, which its guard does not keep open; -1 for none.
  int lease_end;
  /// A shared number: when the guard kills the group, on the clock of `cinterlock_monotonic_nanoseconds`; 0 for never.
  /// One that is 0 at the beginning is not looked at again.
  const int64_t *deadline;
  /// A terminal whose foreground the program's group becomes; -1 for none.
  int terminal;
} cinterlock_program;

/// The number that a descriptor can have in a program started next: the first one that is not taken there.
int cinterlock_program_lease_number(void);

/// Starts a program in a process group of its own, with every signal at its default; it is killed when the
/// calling thread ends.
///
/// Before it, its guard: a process in its group that kills the group, itself included, when this process has ended or
/// at the deadline. It keeps what is open in this process open until then. It waits on the calling thread's end too,
/// which must therefore not end before.
/// Returns the program's process, and the guard, to be killed when it is needed no longer (-1 when there was no room
/// for one); -1 with `errno` when the program was not started.
int cinterlock_program_start(const cinterlock_program *program, int *guard);

/// Waits until a program that was started stops or ends, and leaves it so that its end can be taken note of.
///
/// Writes the signal that stopped it, 0 when it has ended. -1 with `errno` when it is no child of this process.
int cinterlock_program_wait(int process, int *stop);

/// How a program ended, as `waitpid` says it, without taking note of its end; waits for it. -1 with `errno`.
int cinterlock_program_end(int process, int *status);

/// Has processes below this one become its children when their parents end, or not any more.
int cinterlock_adopt_orphans(int adopts);

/// Makes a number that processes forked from now on share with this one; NULL with `errno` on failure.
int64_t *cinterlock_shared_number(void);

/// Sets a shared number.
void cinterlock_shared_number_set(int64_t *number, int64_t value);

/// Gives a shared number's memory back, for this process.
void cinterlock_shared_number_free(int64_t *number);

/// 1 when something keeps the wall clock in step, as the kernel was told; 0 when not, -1 when the
/// kernel does not say.
int cinterlock_clock_is_synchronised(void);

/// Locks `length` bytes from `start` for this open file, without waiting.
///
/// `kind` is a CINTERLOCK_ constant. Returns 1 when it is done, 0 when another open file is in the way, -1 with `errno`.
int cinterlock_record_try(int descriptor, int kind, int64_t start, int64_t length);

/// The same, but blocks the thread until nobody is in the way.
int cinterlock_record_wait(int descriptor, int kind, int64_t start, int64_t length);

/// Looks for a lock of another open file that would be in the way of one of `kind`.
///
/// Returns 1 and writes what it found over `kind`, `start` and `length`; 0 when there is none; -1 with `errno`.
int cinterlock_record_conflict(int descriptor, int *kind, int64_t *start, int64_t *length);

#define CINTERLOCK_LOCK_SHARED 1
#define CINTERLOCK_LOCK_EXCLUSIVE 2
#define CINTERLOCK_UNLOCK 3

/// Maps the first `length` bytes of a file, shared with everybody who does; NULL with `errno`.
void *cinterlock_map(int descriptor, size_t length, int writable);

/// Has the file hold `length` bytes that the disk has room for; an error number, or 0.
int cinterlock_allocate(int descriptor, int64_t length);

/// The number by which the kernel calls the kind of file system; -1 with `errno`.
int64_t cinterlock_file_system(int descriptor);

/// Blocks while the word has `value`, until it is woken, for at most that many nanoseconds.
void cinterlock_word_wait(const uint32_t *word, uint32_t value, int64_t nanoseconds);

/// Wakes everybody, in every process, who waits at the word.
void cinterlock_word_wake(const uint32_t *word);

static inline uint64_t cinterlock_load(const uint64_t *word) {
  return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static inline void cinterlock_store(uint64_t *word, uint64_t value) {
  __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

/// Without any order: for what is read between two reads of a word that has one.
static inline uint64_t cinterlock_load_relaxed(const uint64_t *word) {
  return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static inline void cinterlock_store_relaxed(uint64_t *word, uint64_t value) {
  __atomic_store_n(word, value, __ATOMIC_RELAXED);
}

/// Writes `desired` if the word has `expected`; whether it did.
static inline bool cinterlock_exchange(uint64_t *word, uint64_t expected, uint64_t desired) {
  return __atomic_compare_exchange_n(word, &expected, desired, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST);
}

static inline uint32_t cinterlock_load_half(const uint32_t *word) {
  return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static inline void cinterlock_increment_half(uint32_t *word) {
  __atomic_fetch_add(word, 1, __ATOMIC_SEQ_CST);
}

/// Makes a timer of the clock that goes on while the machine sleeps: readable once it has rung; -1 with `errno`.
int cinterlock_timer_create(void);

/// Has the timer ring at `nanoseconds` of that clock, at once when that is past; never for 0.
void cinterlock_timer_set(int timer, int64_t nanoseconds);

/// Blocks until the timer rings.
void cinterlock_timer_wait(int timer);

#endif
#endif
