import Interlock
import InterlockSystem
import TestSupport
import Testing

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct RecordLockTests {
  private let directory: TemporaryDirectory
  private let path: String
  /// Beyond the end of the file, where nothing is stored.
  private let start: Int64 = 1 << 60

  init() throws {
    directory = try TemporaryDirectory()
    path = directory("file")
  }

  private func open() throws -> FileDescriptor { try .file(path, .making(mode: 0o600)) }

  @Test func `two open files of one process are in each other's way, and nobody in their own`()
    throws
  {
    let mine = try open()
    let theirs = try open()
    let lock = RecordLock(.exclusive, start: start, length: 2)
    let first = try mine.lock(lock)
    let again = try mine.lock(lock)
    let other = try theirs.lock(lock)
    #expect(first && again && !other)
    let own = try mine.conflict(with: lock)
    let foreign = try theirs.conflict(with: RecordLock(.shared, start: 0, length: 0))
    #expect(own == nil && foreign == lock)
    mine.unlock(start: start, length: 1)
    let half = try theirs.lock(RecordLock(.shared, start: start, length: 1))
    let rest = try theirs.conflict(with: lock)
    #expect(half && rest?.start == start + 1)
  }

  @Test func `a lock ends with the descriptor, and another close of the file does not end it`()
    throws
  {
    let theirs = try open()
    let lock = RecordLock(.exclusive, start: start, length: 1)
    do {
      let mine = try open()
      _ = try mine.lock(lock)
      do { _ = try open() }
      let isThere = try theirs.conflict(with: lock) != nil
      #expect(isThere)
    }
    let isGone = try theirs.conflict(with: lock) == nil
    #expect(isGone)
  }

  @Test func `one who waits to share has it when the lock becomes shared`() async throws {
    let mine = try open()
    let path = path
    let lock = RecordLock(.exclusive, start: start, length: 1)
    _ = try mine.lock(lock)
    let begun = FirstAnswer<Bool>()
    async let waited: Void = BlockingPool.shared.run {
      let theirs = try FileDescriptor.file(path, .changing)
      begun.give(true)
      try theirs.waitForLock(RecordLock(.shared, start: 1 << 60, length: 1))
    }
    _ = await begun.value
    let isShared = try mine.lock(RecordLock(.shared, start: start, length: 1))
    #expect(isShared)
    try await waited
  }

  @Test func `files on local disks are told from those on others`() throws {
    let file = try open()
    let kind = try FileSystemKind(of: file, path)
    #expect(kind.remoteName == nil)
    #expect(FileSystemKind(0x6969).remoteName == "NFS")
  }

  @Test func `what is reserved stays, and a link is not followed`() throws {
    let file = try open()
    try file.allocate(4096, path)
    try file.allocate(1024, path)
    let status = FileStatus(of: file)
    #expect(status?.size == 4096)
    #expect(FileStatus(of: path)?.mode == 0o600)
    let error = #expect(throws: SystemError.self) {
      _ = try FileDescriptor.file("/dev/null", .changing)
    }
    #expect(error?.isIrregularFile == true)
  }
}
