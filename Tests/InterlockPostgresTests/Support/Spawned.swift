import Glibc
import Interlock
import Testing

/// A program that goes on beside the test, and ends with it.
///
/// It inherits no descriptor: whoever waits for another program's end by one would wait for this one's.
final class Spawned: Sendable {
  private let process: Guarded<pid_t?>

  /// Starts `command`, whose output goes to the end of the file `log`.
  init(_ command: [String], log: String) throws {
    // The shell closes what it was given, and becomes the program: it is the same process.
    let closing = """
      for file in /proc/$$/fd/*; do
        [ "${file##*/}" -le 2 ] || eval "exec ${file##*/}>&-"
      done
      exec "$@"
      """
    let words = (["/bin/bash", "-c", closing, "bash"] + command).map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(
        &actions, descriptor, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    }
    var child: pid_t = 0
    let failure = posix_spawn(&child, "/bin/bash", &actions, nil, words, environ)
    try #require(failure == 0, "\(command[0]) cannot be started")
    process = Guarded(child)
  }

  deinit { end(SIGKILL) }

  /// Whether it has ended by itself.
  var hasEnded: Bool {
    process.withLock { process in
      guard let child = process else { return true }
      var status: CInt = 0
      guard waitpid(child, &status, WNOHANG) == child else { return false }
      process = nil
      return true
    }
  }

  /// Ends it by a signal, and waits until it has.
  func end(_ signal: CInt) {
    guard let child = process.withLock({ $0.take() }) else { return }
    _ = kill(child, signal)
    var status: CInt = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
  }
}
