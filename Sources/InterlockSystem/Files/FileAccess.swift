internal import Glibc

/// What this user may do with a file.
package enum FileAccess {
  /// Whether it is there.
  package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// Whether it can be read and written.
  package static func isReadableAndWritable(_ path: String) -> Bool {
    unsafe access(path, R_OK | W_OK) == 0
  }

  /// Looks whether this user can make a file of that name, without making it.
  ///
  /// - Throws: `SystemError` naming the folder that is missing or closed.
  package static func checkFolder(of path: String) throws(SystemError) {
    let folder = AtomicFile.split(path).directory
    guard unsafe access("\(folder)/.", W_OK | X_OK) == 0 else {
      throw SystemError("write in the folder", folder)
    }
  }

  /// Removes a file; nothing when there is none, or it may not be.
  package static func remove(_ path: String) { unsafe unlink(path) }
}
