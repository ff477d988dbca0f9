internal import Glibc

/// What a folder holds.
package enum Folder {
  /// The names in a folder, sorted, without `.` and `..`.
  ///
  /// - Throws: `SystemError` naming the folder.
  /// - Returns: the names.
  package static func names(in path: String) throws(SystemError) -> [String] {
    guard let folder = unsafe opendir(path) else { throw SystemError("open the folder", path) }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Makes a folder and those above it that are missing, for this user alone; one that is there
  /// stays as it is.
  ///
  /// - Throws: `SystemError` naming the folder that could not be made.
  package static func make(_ path: String) throws(SystemError) {
    var made = path.hasPrefix("/") ? "/" : ""
    for name in path.split(separator: "/") {
      made += made.isEmpty || made.hasSuffix("/") ? name : "/" + name
      guard unsafe mkdir(made, 0o700) != 0, errno != EEXIST else { continue }
      let number = errno
      guard (try? names(in: made)) == nil else { continue }
      throw SystemError("make the folder", made, number: number)
    }
  }

  /// Removes a folder and the files in it; folders in it are left, and it with them.
  ///
  /// - Throws: `SystemError` naming what could not be removed.
  package static func remove(_ path: String) throws(SystemError) {
    for name in try names(in: path) { try FlagFile.remove("\(path)/\(name)") }
    guard unsafe rmdir(path) == 0 else { throw SystemError("remove the folder", path) }
  }
}
