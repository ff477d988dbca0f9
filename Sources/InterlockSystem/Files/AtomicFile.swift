internal import CInterlock
internal import Glibc

/// Files that are either the old ones or the new ones, whatever happens in between.
///
/// A write goes to a new file next to the old one, is forced to the disk, and takes the old one's
/// name in one step that is forced to the disk too. A crash, a full disk or a kill leaves the old
/// file whole.
package enum AtomicFile {
  /// For keys and other secrets: nobody but the owner.
  package static let secretMode: UInt32 = 0o600
  /// For everything else: readable by all.
  package static let publicMode: UInt32 = 0o644

  /// Replaces a file's contents, on a thread for blocking calls.
  ///
  /// *Cancellation:* a write once begun is finished.
  ///
  /// - Throws: `SystemError` as of `replace`.
  package static func write(
    _ bytes: [UInt8], to path: String, mode: UInt32 = publicMode
  ) async throws {
    try await BlockingPool.shared.run { try replace(path, with: bytes, mode: mode) }
  }

  /// Reads a whole file, on a thread for blocking calls.
  ///
  /// - Returns: its contents, or nil when there is no such file.
  /// - Throws: `SystemError`, also when it is longer than `limit` bytes.
  package static func read(_ path: String, limit: Int) async throws -> [UInt8]? {
    try await BlockingPool.shared.run { try contents(of: path, limit: limit) }
  }

  /// Replaces a file's contents; blocks the calling thread.
  ///
  /// - Throws: `SystemError` naming the file and what to do. The old file is then untouched, unless
  ///   the error says that only forcing the new name to the disk has failed. A device, a pipe or a socket in its
  ///   place is refused: it would be replaced for good, and for everybody.
  package static func replace(
    _ path: String, with bytes: [UInt8], mode: UInt32 = publicMode
  ) throws(SystemError) {
    // A link stays a link: what it leads to is replaced.
    let target = resolved(path)
    var status = stat()
    if unsafe lstat(target, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw SystemError.irregular(path)
    }
    let (directory, name) = split(target)
    let temporary =
      "\(directory)/\(temporaryPrefix(name))\(getpid()).\(UInt32.random(in: 0 ... .max))"
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = systemOpen(temporary, flags, mode: mode_t(mode))
    guard descriptor >= 0 else { throw error("write", path) }
    do throws(SystemError) {
      let file = FileDescriptor(owning: descriptor)
      // The mode given at creation is narrowed by the process's mask, which nobody asked for here.
      guard fchmod(file.raw, mode_t(mode)) == 0 else { throw error("set the mode of", path) }
      try writeAll(bytes, to: file.raw, path: path)
      guard fsync(file.raw) == 0 else { throw error("flush", path) }
      guard unsafe rename(temporary, target) == 0 else { throw error("replace", path) }
    } catch {
      unsafe unlink(temporary)
      throw error
    }
    try flush(directory, holding: path)
  }

  /// Removes what writes of this file left behind when their process was killed; blocks the calling
  /// thread.
  ///
  /// For before the first write: what this process's own number is on then comes from an earlier
  /// one. What belongs to another living process stays.
  package static func removeRemains(of path: String) {
    let (directory, name) = split(resolved(path))
    let prefix = temporaryPrefix(name)
    // A folder that cannot be read is met again, and reported, by whatever comes next.
    for entry in (try? Folder.names(in: directory)) ?? [] where entry.hasPrefix(prefix) {
      let numbers = entry.dropFirst(prefix.count).split(separator: ".").map { UInt32($0) }
      guard numbers.count == 2, let first = numbers[0], numbers[1] != nil,
        let process = pid_t(exactly: first)
      else { continue }
      let isAlive = kill(process, 0) == 0 || errno != ESRCH
      if process == getpid() || !isAlive { unsafe unlink("\(directory)/\(entry)") }
    }
  }

  /// What the names of a file's temporaries begin with; process and a random number follow.
  private static func temporaryPrefix(_ name: String) -> String { ".\(name)." }

  /// Reads a whole file; blocks the calling thread.
  ///
  /// - Returns: its contents, or nil when there is no such file.
  /// - Throws: `SystemError`, also when it is longer than `limit` bytes or not a regular file.
  package static func contents(of path: String, limit: Int) throws(SystemError) -> [UInt8]? {
    do throws(SystemError) {
      return try FileContents.read(.regularFile(path, O_RDONLY), path, atMost: limit)
    } catch {
      if error.number == ENOENT { return nil }
      throw error
    }
  }

  /// The permission bits of a file, or nil when there is none.
  ///
  /// - Throws: `SystemError` when the file cannot be looked at.
  package static func mode(of path: String) throws(SystemError) -> UInt32? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw error("look at", path)
    }
    return status.st_mode & 0o7777
  }

  private static func writeAll(
    _ bytes: [UInt8], to raw: CInt, path: String
  ) throws(SystemError) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(raw, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw error("write", path) }
      written += count
    }
  }

  /// Forces a directory's entries to the disk, so that a rename survives a power cut.
  private static func flush(
    _ directory: String, holding path: String
  ) throws(SystemError) {
    let descriptor = systemOpen(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let remedy = "\(path) has its new contents, but a power cut may bring the old ones back"
    guard descriptor >= 0 else { throw SystemError("open", directory, remedy: remedy) }
    let file = FileDescriptor(owning: descriptor)
    // Some file systems have nothing to flush there and say so.
    guard fsync(file.raw) == 0 || errno == EINVAL else {
      throw SystemError("flush", directory, remedy: remedy)
    }
  }

  static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let directory = slash == path.startIndex ? "/" : String(path[..<slash])
    return (directory, String(path[path.index(after: slash)...]))
  }

  private static func resolved(_ path: String) -> String {
    guard let found = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(found) }
    return unsafe String(cString: found)
  }

  private static func error(_ operation: String, _ path: String) -> SystemError {
    let number = errno
    let remedy: String? =
      switch number {
      case ENOSPC, EDQUOT: "the disk is full; the old file is untouched"
      case EFBIG: "the file would be larger than this process may write; the old file is untouched"
      case EROFS: "the file system is read-only; choose another place or mount it writable"
      case EACCES, EPERM:
        "this user may not; look at the owner and mode of the file and its directory"
      case ENOENT: "its directory does not exist; make it first"
      case EISDIR: "it is a directory"
      case EIO: "the disk reports an error"
      default: nil
      }
    return SystemError(operation, path, number: number, remedy: remedy)
  }
}
