#ifdef __linux__
#define _GNU_SOURCE
#include "cinterlock_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
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

static void become(const cinterlock_program *program, pid_t parent, int number, int failure) {
  // Ends with the thread that started it. If that has ended meanwhile, nobody is left to say so.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  setpgid(0, 0);
  // Signals are blocked, so one that belongs to another group may do this.
  if (program->terminal >= 0) tcsetpgrp(program->terminal, getpid());
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

int cinterlock_program_start(const cinterlock_program *program) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  sigset_t all, former;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &former);
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) become(program, parent, program->lease_number, ends[1]);
  int cause = child < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &former, NULL);
  close(ends[1]);
  if (child > 0) {
    ssize_t count;
    // Ends when the program has been started, which closes the other end.
    do {
      count = read(ends[0], &cause, sizeof cause);
    } while (count < 0 && errno == EINTR);
    if (count != sizeof cause) cause = 0;
    if (cause != 0) {
      while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    }
  }
  close(ends[0]);
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

// Waits for the end of the process `parent`, and then kills the group.
static void stand_guard(pid_t group, pid_t parent) {
  sigset_t all;
  sigfillset(&all);
  prctl(PR_SET_NAME, "interlock-guard");
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // In the group, so that its number names nothing else as long as this process lives.
  if (setpgid(0, group) != 0) _exit(0);
  // Signals for the group come here too, and are nothing but a reason to look.
  while (getppid() == parent) sigwaitinfo(&all, NULL);
  kill(0, SIGKILL);
  _exit(0);
}

int cinterlock_guard_start(int group, int closed_in_guard) {
  sigset_t all, former;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &former);
  pid_t parent = getpid();
  pid_t guard = fork();
  if (guard == 0) {
    // All other descriptors stay open: what a dead process had locked is free only once the group is killed.
    if (closed_in_guard >= 0) close(closed_in_guard);
    stand_guard(group, parent);
  }
  int cause = errno;
  pthread_sigmask(SIG_SETMASK, &former, NULL);
  errno = cause;
  return guard;
}
#endif
