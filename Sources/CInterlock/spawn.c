#ifdef __linux__
#define _GNU_SOURCE
#include "cinterlock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Between fork and exec only what may be called in a signal handler is called: another thread may have held any lock.

// Every signal as a new program expects it: what this one ignores for itself alone, or catches, is at its default.
static void restore_signals(void) {
  for (int number = 1; number < NSIG; number++) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) != 0) continue;
    if (action.sa_handler == SIG_DFL) continue;
    if (action.sa_handler == SIG_IGN && !cinterlock_signal_is_ignored_here(number)) continue;
    action.sa_handler = SIG_DFL;
    action.sa_flags = 0;
    sigaction(number, &action, NULL);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

// Makes `descriptor` one that a program inherits, as `number`.
static void pass_on(int descriptor, int number) {
  if (descriptor == number) {
    fcntl(number, F_SETFD, 0);
  } else {
    dup2(descriptor, number);
  }
}

// The first number that a program would find free, as all of ours are closed when it starts.
static int free_number(void) {
  for (int number = 3;; number++) {
    int flags = fcntl(number, F_GETFD);
    if (flags < 0 || (flags & FD_CLOEXEC) != 0) return number;
  }
}

static void become(const cinterlock_program *program, pid_t parent, int gate, int failure) {
  int number = program->lease_number;
  // Ends with the thread that started it. If that has ended meanwhile, nobody is left to say so.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  setpgid(0, 0);
  // Signals are blocked, so one that belongs to another group may do this.
  if (program->terminal >= 0) tcsetpgrp(program->terminal, getpid());
  // Nothing of the program runs before its guard is there.
  char byte;
  while (read(gate, &byte, 1) < 0 && errno == EINTR) {}
  close(gate);
  if (program->lease >= 0) {
    if (failure == number) failure = fcntl(failure, F_DUPFD_CLOEXEC, number + 1);
    pass_on(program->lease, number);
  }
  restore_signals();
  execvpe(program->words[0], program->words, program->environment);
  int cause = errno;
  ssize_t ignored = write(failure, &cause, sizeof cause);
  (void)ignored;
  _exit(127);
}

int cinterlock_program_lease_number(void) { return free_number(); }

// A clock may stop with the machine while a wait goes on; no wait is longer.
#define LONGEST_WAIT 1000000000

int64_t *cinterlock_shared_number(void) {
  void *page =
      mmap(NULL, sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return page == MAP_FAILED ? NULL : page;
}

void cinterlock_shared_number_set(int64_t *number, int64_t value) {
  __atomic_store_n(number, value, __ATOMIC_RELEASE);
}

void cinterlock_shared_number_free(int64_t *number) { munmap(number, sizeof *number); }

static void open_gate(int gate) {
  ssize_t ignored = write(gate, "", 1);
  (void)ignored;
}

// Waits for the end of the process `parent`, or for the deadline, and then kills the group.
static void stand_guard(pid_t group, pid_t parent, const int64_t *deadline, int gate) {
  sigset_t all;
  sigfillset(&all);
  prctl(PR_SET_NAME, "interlock-guard");
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // In the group, so that its number names nothing else as long as this process lives.
  if (setpgid(0, group) != 0) _exit(0);
  open_gate(gate);
  close(gate);
  // Signals for the group come here too, and are nothing but a reason to look.
  while (getppid() == parent) {
    int64_t end = __atomic_load_n(deadline, __ATOMIC_ACQUIRE);
    if (end == 0) {
      sigwaitinfo(&all, NULL);
      continue;
    }
    int64_t left = end - cinterlock_monotonic_nanoseconds();
    if (left <= 0) break;
    struct timespec wait = {.tv_nsec = left < LONGEST_WAIT ? left : LONGEST_WAIT - 1};
    sigtimedwait(&all, NULL, &wait);
  }
  kill(0, SIGKILL);
  _exit(0);
}

static pid_t start_guard(const cinterlock_program *program, pid_t group, pid_t parent,
                         const int gate[2], const int failure[2]) {
  pid_t guard = fork();
  if (guard != 0) return guard;
  // All other descriptors stay open: what a dead process had locked is free only once the group is killed.
  close(gate[0]);
  close(failure[0]);
  close(failure[1]);
  if (program->lease_end >= 0) close(program->lease_end);
  stand_guard(group, parent, program->deadline, gate[1]);
  return 0;
}

static void wait_for(pid_t process) {
  while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {}
}

int cinterlock_program_start(const cinterlock_program *program, int *guard) {
  int failure[2], gate[2];
  if (pipe2(failure, O_CLOEXEC) != 0) return -1;
  if (pipe2(gate, O_CLOEXEC) != 0) {
    int cause = errno;
    close(failure[0]);
    close(failure[1]);
    errno = cause;
    return -1;
  }
  sigset_t all, former;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &former);
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) {
    close(gate[1]);
    become(program, parent, gate[0], failure[1]);
  }
  int cause = child < 0 ? errno : 0;
  *guard = -1;
  if (child > 0) {
    // The child does the same: whoever comes first.
    setpgid(child, child);
    *guard = start_guard(program, child, parent, gate, failure);
    // Without one the kernel still kills the program itself.
    if (*guard < 0) open_gate(gate[1]);
  }
  pthread_sigmask(SIG_SETMASK, &former, NULL);
  close(gate[0]);
  close(gate[1]);
  close(failure[1]);
  if (child > 0) {
    ssize_t count;
    // Ends when the program has been started, which closes the other end.
    do {
      count = read(failure[0], &cause, sizeof cause);
    } while (count < 0 && errno == EINTR);
    if (count != sizeof cause) cause = 0;
    if (cause != 0) {
      if (*guard > 0) {
        kill(*guard, SIGKILL);
        wait_for(*guard);
      }
      wait_for(child);
    }
  }
  close(failure[0]);
  if (cause == 0) return child;
  errno = cause;
  return -1;
}

int cinterlock_program_wait(int process, int *stop) {
  *stop = 0;
  while (1) {
    siginfo_t change;
    // Looked at and left: its number, and that of its group, stay its own until somebody takes note of its end.
    if (waitid(P_PID, (id_t)process, &change, WEXITED | WSTOPPED | WNOWAIT) != 0) {
      if (errno == EINTR) continue;
      return -1;
    }
    if (change.si_code != CLD_STOPPED && change.si_code != CLD_TRAPPED) return 0;
    change.si_pid = 0;
    if (waitid(P_PID, (id_t)process, &change, WSTOPPED | WNOHANG) != 0) continue;
    // One that has gone on meanwhile is not stopped.
    if (change.si_pid == 0) continue;
    *stop = change.si_status;
    return 0;
  }
}

int cinterlock_program_end(int process, int *status) {
  siginfo_t change;
  int result;
  do {
    result = waitid(P_PID, (id_t)process, &change, WEXITED | WNOWAIT);
  } while (result != 0 && errno == EINTR);
  if (result != 0) return -1;
  // In the form of `waitpid`.
  *status = change.si_code == CLD_EXITED ? (change.si_status & 0xff) << 8 : change.si_status & 0x7f;
  return 0;
}

int cinterlock_adopt_orphans(int adopts) { return prctl(PR_SET_CHILD_SUBREAPER, adopts, 0, 0, 0); }

#endif
