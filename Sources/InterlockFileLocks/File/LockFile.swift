internal import Interlock
internal import InterlockLocks
internal import InterlockSystem

/// A lock's file, open: its header, and the kernel's locks on its bytes.
///
/// One of it is one owner to the kernel: its own locks are never in its way. So whoever uses it for several tickets
/// keeps them apart in memory.
final class LockFile: Sendable {
  let path: String
  let descriptor: FileDescriptor
  let map: SharedMapping
  private let status: FileStatus

  /// Opens the lock's file, and makes it when it is missing.
  ///
  /// No step of making one needs to be alone: each may be done twice, by anybody, at any time. So one who is stopped in
  /// the middle holds nobody up.
  ///
  /// - Throws: `SystemError`, ``LockFileFault``.
  init(_ path: String, name: LockName, mode: UInt32, boot: BootMark) throws {
    self.path = path
    descriptor = try .file(path, .making(mode: mode))
    guard let status = FileStatus(of: descriptor) else { throw SystemError("look at", path) }
    if status.mode != mode { _ = descriptor.setMode(mode) }
    try Self.fill(descriptor, status, path)
    map = try SharedMapping(descriptor, length: Layout.fileSize, isWritable: true, path)
    self.status = status
    try begin(name, boot)
  }

  private static func fill(
    _ descriptor: borrowing FileDescriptor, _ status: FileStatus, _ path: String
  ) throws(SystemError) {
    guard status.size < Layout.fileSize else { return }
    try descriptor.allocate(Int64(Layout.fileSize), path)
  }

  private func begin(_ name: LockName, _ boot: BootMark) throws {
    // If this fails, another has just begun it, or it is something else's.
    _ = map.exchange(0, for: Layout.magic, at: Layout.magicAt)
    guard isSound else { throw LockFileFault.foreign }
    // The time carries tickets on where the file has lost its end to a power failure, or was set back.
    map.raise(to: WallClock.microseconds, at: Layout.counterAt)
    map.write([boot.high, boot.low], at: Layout.bootAt)
    guard map.load(Layout.nameLengthAt) == 0 else { return }
    let text = Words.encode(name.text, limit: LockName.longest)
    map.write(text.words, at: Layout.nameAt)
    map.store(UInt64(text.length), at: Layout.nameLengthAt)
  }

  /// Whether its path still leads to it, with all its bytes.
  var isInPlace: Bool {
    guard let found = FileStatus(of: path) else { return false }
    return found.isSameFile(as: status) && found.size >= Layout.fileSize
  }

  /// Whether it has all its bytes, wherever its path leads: then its memory may be touched.
  var isWhole: Bool { FileStatus(of: descriptor).map { $0.size >= Layout.fileSize } ?? false }

  /// Makes it whole again when it was cut off or overwritten with zeros; the kernel's locks have stayed.
  ///
  /// - Throws: `SystemError`, ``LockFileFault``.
  /// - Returns: whether it is the file that its path leads to.
  func heal(_ name: LockName, _ boot: BootMark) throws -> Bool {
    guard let found = FileStatus(of: path), found.isSameFile(as: status) else { return false }
    try Self.fill(descriptor, found, path)
    try begin(name, boot)
    return true
  }

  /// Whether its header is what it should be; only when it has all its bytes.
  var isSound: Bool { map.load(Layout.magicAt) == Layout.magic }
}

/// What is wrong with a file that is where a lock's should be.
enum LockFileFault: Error, Hashable {
  /// It is something else's.
  case foreign
  /// Its counter is beyond every ticket.
  case exhausted
}

/// What tells one start of the machine from another, in two words.
struct BootMark: Sendable, Hashable {
  var high: UInt64
  var low: UInt64

  /// Of its 32 digits.
  init(_ digits: String) {
    high = UInt64(digits.prefix(16), radix: 16) ?? 0
    low = UInt64(digits.dropFirst(16).prefix(16), radix: 16) ?? 0
  }
}

extension WallClock {
  /// The time that tickets are made of.
  static var microseconds: UInt64 { UInt64(max(0, nanoseconds / 1000)) }
}
