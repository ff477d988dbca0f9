internal import Interlock
internal import InterlockLocks
internal import InterlockSystem

/// A folder of locks, as one process uses it.
final class LockPlace: Sendable {
  /// Threads that wait in the kernel, one for each lock with waiters.
  ///
  /// When all are busy, further locks are looked at every
  /// ten milliseconds instead.
  static let mostHelpers = 64
  private static let pollInterval: Duration = .milliseconds(10)
  /// How often everything is looked at, whether the bell rang or not.
  private static let lookInterval: Duration = .seconds(1)
  /// So many lines that nobody uses are kept open.
  private static let idleLimit = 64

  let directory: String
  let title: String
  let session: LockSession
  let common: SlotRecord.Common
  let clock = SystemClock()
  let boot: BootMark
  let mode: UInt32
  /// Whose the folder is.
  let owner: UInt32
  let waitingLimit: Int
  let helpers: BlockingPool
  let bell: Bell
  private let shelf = Guarded(Shelf())

  private struct Shelf {
    var lines: [LockName: FileLockLine] = [:]
    var nextCleaning = LockPlace.idleLimit
    var polled: [LockName: FileLockLine] = [:]
    var isWatched = false
    var isClosed = false
  }

  init(
    _ directory: LockDirectory, session: LockSession, waitingLimit: Int, boot: String,
    mostHelpers: Int
  ) {
    self.directory = directory.path
    self.session = session
    self.waitingLimit = waitingLimit
    title = "file://\(directory.path)"
    mode = directory.mode
    owner = directory.owner
    common = SlotRecord.Common(session)
    self.boot = BootMark(boot)
    helpers = BlockingPool(width: mostHelpers, capacity: 0)
    bell = Bell("\(directory.path)/.bell", mode: directory.mode)
  }

  /// Where a lock's file is.
  func path(of name: LockName) -> String { "\(directory)/\(name.file).lk" }

  /// The line of a lock, made when there is none.
  ///
  /// - Throws: `SystemError` when this was closed.
  func line(of name: LockName) throws(SystemError) -> FileLockLine {
    let line: FileLockLine? = shelf.withLock { shelf in
      if let line = shelf.lines[name] { return line }
      guard !shelf.isClosed else { return nil }
      if shelf.lines.count >= shelf.nextCleaning {
        // Those in use stay; the next cleaning comes when there are twice as many.
        shelf.lines = shelf.lines.filter { !$0.value.retire() }
        shelf.nextCleaning = max(Self.idleLimit, shelf.lines.count * 2)
      }
      let line = FileLockLine(name, self)
      shelf.lines[name] = line
      return line
    }
    guard let line else { throw SystemError.closed(title) }
    return line
  }

  /// The line of a lock, if it is in use here.
  func knownLine(of name: LockName) -> FileLockLine? { shelf.withLock { $0.lines[name] } }

  /// Forgets a line that is no longer used.
  func forget(_ line: FileLockLine) {
    shelf.withLock { shelf in
      if shelf.lines[line.name] === line { shelf.lines[line.name] = nil }
    }
  }

  /// How many lines there are, used or kept.
  var lineCount: Int { shelf.withLock { $0.lines.count } }

  /// Opens a lock's file; the folder is made again if somebody has removed it.
  ///
  /// - Throws: `SystemError`, ``LockFileFault``.
  func open(_ path: String, _ name: LockName) throws -> LockFile {
    watch()
    do {
      return try LockFile(path, name: name, mode: mode, boot: boot)
    } catch let error as SystemError where error.isMissing {
      try Folder.make(directory)
      return try LockFile(path, name: name, mode: mode, boot: boot)
    }
  }

  /// Has a line be looked at soon, and not by a thread of its own.
  func poll(_ line: FileLockLine) {
    let isFirst = shelf.withLock { shelf in
      shelf.polled[line.name] = line
      return shelf.polled.count == 1
    }
    // Whoever looks must not sleep for a second now.
    if isFirst { bell.ring() }
  }

  private func watch() {
    let isFirst = shelf.withLock { shelf in
      defer { shelf.isWatched = true }
      return !shelf.isWatched
    }
    guard isFirst else { return }
    // Read before anything is held: whoever rings from then on is heard, however late the thread begins.
    let count = bell.count
    do {
      try SystemThread.start("interlock-bell") { self.listen(after: count) }
    } catch {
      // Without it, holders learn of nothing until they ask; the next lock that is opened tries again.
      shelf.withLock { $0.isWatched = false }
    }
  }

  /// Waits for the bell, and looks at what is in use; one thread of the process does it.
  private func listen(after count: UInt32?) {
    var count = count
    var looked = clock.now
    while true {
      let (isPolling, isClosed) = shelf.withLock { (!$0.polled.isEmpty, $0.isClosed) }
      if isClosed { return }
      bell.wait(after: count, limit: isPolling ? Self.pollInterval : Self.lookInterval)
      let (former, now) = (count, clock.now)
      count = bell.count
      let isDue = count != former || looked.duration(to: now) >= Self.lookInterval
      if isDue { looked = now }
      let lines: [FileLockLine] = shelf.withLock { shelf in
        defer { shelf.polled = [:] }
        return Array(isDue ? shelf.lines.values : shelf.polled.values)
      }
      for line in lines { line.look() }
    }
  }

  /// Ends all that this process has here.
  func close() {
    let lines: [FileLockLine] = shelf.withLock { shelf in
      shelf.isClosed = true
      defer {
        shelf.lines = [:]
        shelf.polled = [:]
      }
      return Array(shelf.lines.values)
    }
    for line in lines { line.close() }
  }

  /// What went wrong, in the words of locks.
  func error(_ error: any Error, _ name: LockName) -> LockError {
    switch error {
    case let error as LockError: return error
    case let error as SystemError: return LockError(name, reason(error))
    case LockFileFault.foreign:
      return LockError(name, .wrongType("\(path(of: name)) is not a lock's file"))
    case LockFileFault.exhausted:
      return unavailable(name, "\(path(of: name)) counts beyond 2^53; remove it")
    default: return unavailable(name, "\(error)")
    }
  }

  private func unavailable(_ name: LockName, _ cause: String) -> LockError {
    LockError(name, .unavailable(backend: title, cause: cause))
  }

  private func reason(_ error: SystemError) -> LockError.Reason {
    if error.isReadOnly { return .readOnly(error.subject) }
    if error.isForbidden { return .notPermitted(error.what) }
    if error.isLink || error.isIrregularFile { return .wrongType(error.what) }
    return .unavailable(backend: title, cause: error.description)
  }
}

extension SystemError {
  /// The refusal of a backend that was closed.
  static func closed(_ title: String) -> SystemError {
    SystemError("use", title, number: 9, remedy: "it was closed")
  }
}
