internal import Glibc

/// Which files the processes of this machine have open.
package enum OpenFiles {
  /// The processes that have a file open, as far as this user may see; blocks its thread.
  ///
  /// A process that may not be looked at counts as one that has not.
  ///
  /// - Returns: their numbers.
  package static func holders(of path: String) -> [Int32] {
    var wanted = stat()
    guard unsafe lstat(path, &wanted) == 0 else { return [] }
    // What cannot be listed has ended, or is another user's.
    let processes = ((try? Folder.names(in: "/proc")) ?? []).compactMap { Int32($0) }
    return processes.filter { process in
      let folder = "/proc/\(process)/fd"
      return ((try? Folder.names(in: folder)) ?? []).contains { name in
        var status = stat()
        return unsafe stat("\(folder)/\(name)", &status) == 0 && status.st_ino == wanted.st_ino
          && status.st_dev == wanted.st_dev
      }
    }
  }
}
