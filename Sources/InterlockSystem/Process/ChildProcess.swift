internal import CInterlock
internal import Glibc

/// A program that is run to its end for what it prints.
package enum ChildProcess {
  /// How a program ended, and what it wrote to its standard output.
  package struct Result: Sendable {
    /// Its exit status; 128 + n when signal n ended it.
    package let status: Int32
    package let output: [UInt8]
  }

  /// Runs a program with this one's environment, standard input and standard error, and waits for its end.
  ///
  /// It blocks its thread: call it on a pool.
  ///
  /// - Parameters:
  ///   - program: Its path.
  ///   - arguments: What follows its name.
  /// - Throws: `SystemError` when it cannot be started, or its output not be read.
  /// - Returns: how it ended.
  package static func run(
    _ program: String, arguments: [String]
  ) throws(SystemError) -> Result {
    var ends: [CInt] = [-1, -1]
    guard unsafe cinterlock_pipe(&ends) == 0 else { throw SystemError("open", "a pipe") }
    defer { close(ends[0]) }
    let child: pid_t
    do throws(SystemError) {
      child = try spawn(program, arguments, output: ends[1])
    } catch {
      close(ends[1])
      throw error
    }
    close(ends[1])
    let output = try readAll(from: ends[0])
    var status: CInt = 0
    while unsafe waitpid(child, &status, 0) < 0 {
      guard errno == EINTR else { throw SystemError("wait for", program) }
    }
    let signal = status & 0x7f
    return Result(status: signal == 0 ? (status >> 8) & 0xff : 128 + signal, output: output)
  }

  private static func spawn(
    _ program: String, _ arguments: [String], output: CInt
  ) throws(SystemError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var child: pid_t = 0
    let failure = unsafe posix_spawn(&child, program, &actions, nil, &words, environ)
    guard failure == 0 else { throw SystemError("start", program, number: failure) }
    return child
  }

  private static func readAll(from descriptor: CInt) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe read(descriptor, &buffer, buffer.count)
      if count == 0 { return bytes }
      guard count > 0 else {
        guard errno == EINTR else { throw SystemError("read", "what a program prints") }
        continue
      }
      bytes += buffer[..<count]
    }
  }
}
