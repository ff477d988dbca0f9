internal import Glibc

/// The terminal this process was started from, whose keys make signals for the group in its foreground.
struct ControllingTerminal: ~Copyable {
  private let descriptor: FileDescriptor

  /// The terminal; nil when there is none, or it is better left alone.
  ///
  /// A pager at the other end of our output belongs to our group, and needs the terminal itself.
  init?() {
    for stream in [STDOUT_FILENO, STDERR_FILENO] {
      var status = stat()
      if unsafe fstat(stream, &status) == 0, status.st_mode & S_IFMT == S_IFIFO { return nil }
    }
    let raw = systemOpen("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard raw >= 0 else { return nil }
    descriptor = FileDescriptor(owning: raw)
  }

  /// The kernel's number.
  var raw: CInt { descriptor.raw }

  /// Whether this process's group is in the foreground.
  var isOurs: Bool { tcgetpgrp(descriptor.raw) == getpgrp() }

  /// Puts `group` in the foreground.
  func give(to group: pid_t) {
    // Whoever does so from the background is stopped, unless it holds that signal back.
    var stop = sigset_t()
    var former = sigset_t()
    unsafe sigemptyset(&stop)
    unsafe sigaddset(&stop, SIGTTOU)
    unsafe pthread_sigmask(SIG_BLOCK, &stop, &former)
    // A group that has ended needs no terminal; one that was taken away meanwhile belongs to another.
    _ = tcsetpgrp(descriptor.raw, group)
    unsafe pthread_sigmask(SIG_SETMASK, &former, nil)
  }

  /// Has this process's group in the foreground again, if `group` still is.
  func takeBack(from group: pid_t) {
    if tcgetpgrp(descriptor.raw) == group { give(to: getpgrp()) }
  }
}
