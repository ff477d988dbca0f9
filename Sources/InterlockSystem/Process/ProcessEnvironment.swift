internal import Glibc

/// What the process was started with.
package enum ProcessEnvironment {
  /// The value of an environment variable; nil when it is not set.
  package static func value(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }

  /// Whether the process may do what only root may.
  package static var isRoot: Bool { geteuid() == 0 }

  /// The file this program was started from; nil when that cannot be told.
  package static var program: String? {
    guard let path = unsafe realpath("/proc/self/exe", nil) else { return nil }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  /// The folder that file is in.
  package static var folder: String? {
    program?.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
  }

  /// Becomes another program, with this one's environment and streams; returns when it cannot be started.
  ///
  /// - Parameters:
  ///   - program: Its path, or a name that is looked for in `PATH`.
  ///   - arguments: From its name on.
  package static func become(_ program: String, arguments: [String]) {
    var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
    _ = unsafe execvp(program, &words)
    unsafe words.forEach { unsafe free($0) }
  }

  /// Ends the process at once with `status`.
  package static func exit(_ status: Int32) -> Never { Glibc.exit(status) }
}
