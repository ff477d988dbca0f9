internal import CInterlock
internal import Glibc

/// What tells one file from another, whatever it is called.
package struct FileStatus: Sendable, Hashable {
  /// The file system it is on.
  package var device: UInt64
  /// Its number there.
  package var inode: UInt64
  /// Its bytes.
  package var size: Int64
  /// Its permissions.
  package var mode: UInt32
  /// Whose it is.
  package var owner: UInt32

  private init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    mode = status.st_mode & 0o7777
    owner = status.st_uid
  }

  /// The file of that name, without following a link; nil when there is none that can be looked at.
  package init?(of path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// An open file; nil when the kernel does not say.
  package init?(of descriptor: borrowing FileDescriptor) {
    var status = stat()
    guard unsafe fstat(descriptor.raw, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Whether both are of one file, whatever else has changed.
  package func isSameFile(as other: FileStatus) -> Bool {
    device == other.device && inode == other.inode
  }
}

extension FileDescriptor {
  /// How a file is opened.
  package enum Opening: Sendable {
    /// To look at it.
    case reading
    /// To change it.
    case changing
    /// To change it; made with these permissions when it is not there.
    case making(mode: UInt32)
  }

  /// Opens a regular file, which no child inherits; a link in its place is refused.
  ///
  /// - Throws: `SystemError` naming the file.
  package static func file(_ path: String, _ opening: Opening) throws(SystemError) -> FileDescriptor
  {
    switch opening {
    case .reading: try regularFile(path, O_RDONLY | O_NOFOLLOW)
    case .changing: try regularFile(path, O_RDWR | O_NOFOLLOW)
    case .making(let mode):
      try regularFile(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: mode_t(mode))
    }
  }

  /// Opens a folder, to ask about it.
  ///
  /// - Throws: `SystemError` naming the folder.
  package static func folder(_ path: String) throws(SystemError) -> FileDescriptor {
    try FileDescriptor(
      systemOpen(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), orThrow: "open the folder", path)
  }

  /// Sets its permissions; only its owner may.
  ///
  /// Those it was made with are not what was asked for: the process's mask narrows them.
  ///
  /// - Returns: whether it has them.
  package func setMode(_ mode: UInt32) -> Bool { fchmod(raw, mode_t(mode)) == 0 }

  /// Has the file hold that many bytes, with room on the disk for each; it never becomes shorter.
  ///
  /// - Throws: `SystemError` when the disk is full, or the file system cannot promise it.
  package func allocate(_ bytes: Int64, _ path: String) throws(SystemError) {
    let number = cinterlock_allocate(raw, bytes)
    guard number != 0 else { return }
    throw SystemError("reserve \(bytes) bytes for", path, number: number)
  }
}
