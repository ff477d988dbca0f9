internal import Glibc

/// Small files that others look for by name: each is there whole or not at all, and a link in its place is never
/// followed.
///
/// Each call blocks its thread.
package enum FlagFile {
  /// A file as it was found: another of the same name, or the same one written again, differs.
  package struct Identity: Sendable, Hashable {
    /// Its number in its file system.
    package let inode: UInt64
    /// When it was last written, in nanoseconds since 1970.
    package let modified: Int64
    /// How many bytes it has.
    package let size: Int64

    /// What was found, or recorded.
    package init(inode: UInt64, modified: Int64, size: Int64) {
      self.inode = inode
      self.modified = modified
      self.size = size
    }

    init(_ status: stat) {
      inode = UInt64(status.st_ino)
      modified =
        Int64(status.st_mtim.tv_sec)
        .multipliedReportingOverflow(by: 1_000_000_000).partialValue
        &+ Int64(status.st_mtim.tv_nsec)
      size = Int64(status.st_size)
    }
  }

  /// What stands in a file, and which file it was.
  package struct Found: Sendable, Hashable {
    package let bytes: [UInt8]
    package let identity: Identity

    /// What was found.
    package init(bytes: [UInt8], identity: Identity) {
      self.bytes = bytes
      self.identity = identity
    }
  }

  /// Reads a file.
  ///
  /// - Throws: `SystemError`: it is a link or no file at all, cannot be read, or has more than `limit` bytes.
  /// - Returns: what was found; nil when there is no such file.
  package static func read(_ path: String, limit: Int) throws(SystemError) -> Found? {
    do throws(SystemError) {
      let descriptor = try FileDescriptor.regularFile(path, O_RDONLY | O_NOFOLLOW)
      let identity = try identity(of: descriptor.raw, path)
      return Found(
        bytes: try FileContents.read(descriptor, path, atMost: limit), identity: identity)
    } catch {
      if error.number == ENOENT { return nil }
      throw explained(error, path)
    }
  }

  /// A file that is written and has not its name yet; nothing of it stays when it is given up.
  package struct Draft: ~Copyable {
    /// Which file it will be.
    package let identity: Identity
    private let temporary: String
    private let path: String

    /// Writes it, beside its place.
    ///
    /// - Throws: `SystemError`, as when the disk is full.
    package init(
      _ path: String, _ bytes: [UInt8], mode: UInt32 = AtomicFile.publicMode
    ) throws(SystemError) {
      let (directory, name) = AtomicFile.split(path)
      // The form of AtomicFile's, so that what a kill leaves behind is removed as theirs is.
      let bare = name.hasPrefix(".") ? String(name.dropFirst()) : name
      let temporary = "\(directory)/.\(bare).\(getpid()).\(UInt32.random(in: 0 ... .max))"
      self.path = path
      self.temporary = temporary
      do throws(SystemError) {
        identity = try Self.write(bytes, to: temporary, mode: mode, for: path)
      } catch {
        unsafe unlink(temporary)
        throw error
      }
    }

    deinit { unsafe unlink(temporary) }

    /// Gives it its name, which nothing may have.
    ///
    /// - Throws: `SystemError`, with `isPresent` when something has it, a link that leads nowhere too.
    package consuming func publishNew() throws(SystemError) {
      guard unsafe link(temporary, path) == 0 else { throw SystemError("make", path) }
    }

    /// Gives it its name, in place of whatever has it; a link there is replaced, not what it leads to.
    ///
    /// - Throws: `SystemError`; what was there is then still there.
    package consuming func publish() throws(SystemError) {
      guard unsafe rename(temporary, path) == 0 else { throw SystemError("replace", path) }
    }

    private static func write(
      _ bytes: [UInt8], to temporary: String, mode: UInt32, for path: String
    ) throws(SystemError) -> Identity {
      let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
      let descriptor = try FileDescriptor(
        systemOpen(temporary, flags, mode: mode_t(mode)), orThrow: "write", path)
      guard fchmod(descriptor.raw, mode_t(mode)) == 0 else {
        throw SystemError("set the mode of", path)
      }
      let (_, failure) = BlockingWrite.write(bytes, to: descriptor.raw)
      if let failure { throw SystemError("write", path, number: failure) }
      guard fsync(descriptor.raw) == 0 else { throw SystemError("flush", path) }
      return try FlagFile.identity(of: descriptor.raw, path)
    }
  }

  /// Removes a file, or a link in its place.
  ///
  /// - Throws: `SystemError` when it is there and cannot be removed.
  /// - Returns: whether it was there.
  @discardableResult
  package static func remove(_ path: String) throws(SystemError) -> Bool {
    guard unsafe unlink(path) != 0 else { return true }
    if errno == ENOENT { return false }
    throw SystemError("remove", path)
  }

  /// Which file has a name now, whatever it is; nil when none has.
  ///
  /// - Throws: `SystemError` when that cannot be told.
  package static func identity(of path: String) throws(SystemError) -> Identity? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw SystemError("look at", path)
    }
    return Identity(status)
  }

  private static func identity(of raw: CInt, _ path: String) throws(SystemError) -> Identity {
    var status = stat()
    guard unsafe fstat(raw, &status) == 0 else { throw SystemError("look at", path) }
    return Identity(status)
  }

  private static func explained(_ error: SystemError, _ path: String) -> SystemError {
    guard error.number == ELOOP else { return error }
    return SystemError(
      "use", path, number: ELOOP, remedy: "it is a link, which is never followed: remove it")
  }
}
