internal import Glibc

/// What this user may do with a file.
package enum FileAccess {
  /// Whether it is there.
  package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// Whether it can be read and written.
  package static func isReadableAndWritable(_ path: String) -> Bool {
    unsafe access(path, R_OK | W_OK) == 0
  }

  /// Removes a file; nothing when there is none, or it may not be.
  package static func remove(_ path: String) { unsafe unlink(path) }
}
