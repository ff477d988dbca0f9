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

  /// Ends the process at once with `status`.
  package static func exit(_ status: Int32) -> Never { Glibc.exit(status) }
}
