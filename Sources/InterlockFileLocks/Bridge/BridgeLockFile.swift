public import Interlock
internal import InterlockLocks
internal import InterlockSystem

/// A lock file of the legacy programs, honoured and held together with a lock of ours while both kinds of program run.
///
/// It is taken after our own lock and given back before it. Made in one step that fails when the file is there, it keeps
/// those legacy programs out that look before they begin. What it cannot do: a legacy program looks first and makes the
/// file afterwards, and between its two steps it does not see ours. Only when no legacy program is left is nobody inside
/// together.
///
/// *Cancellation:* `acquire` throws `CancellationError` while it waits; a file that was made is held.
public final class BridgeLockFile: Sendable {
  /// What a bridge tells that nobody asked for.
  public enum Notice: Sendable, Hashable {
    /// A file was removed that a program had left behind.
    case removedStale(path: String, age: Duration)
    /// Somebody removed or replaced the file while it was held.
    case taken(path: String)
  }

  /// How often it looks whether a file has gone.
  static let interval = Duration.milliseconds(50)

  /// The file.
  public let path: String
  private let form: BridgeForm
  private let staleAfter: Duration
  private let clock: any MonotonicClock
  private let now: @Sendable () -> StatusTime
  private let notice: @Sendable (Notice) -> Void
  private let state = Guarded(State.free)

  private enum State {
    case free, acquiring
    case held(FlagFile.Found)
  }

  /// A lock file in the folder a legacy program works in.
  ///
  /// - Parameters:
  ///   - form: Which.
  ///   - directory: The folder.
  ///   - clock: What waiting is measured by.
  ///   - staleAfter: The age from which a file counts as left behind; nil for what is usual.
  ///   - notice: Told what belongs into a log; it does not block.
  public convenience init(
    _ form: BridgeForm, in directory: String, clock: any MonotonicClock,
    staleAfter: Duration? = nil, notice: @escaping @Sendable (Notice) -> Void = { _ in }
  ) {
    self.init(
      form, in: directory, clock: clock, now: StatusHost.real.time, staleAfter: staleAfter,
      notice: notice)
  }

  /// A lock file whose age is told by a given time of day.
  init(
    _ form: BridgeForm, in directory: String, clock: any MonotonicClock,
    now: @escaping @Sendable () -> StatusTime, staleAfter: Duration?,
    notice: @escaping @Sendable (Notice) -> Void
  ) {
    path = "\(directory)/\(form.file)"
    self.form = form
    self.staleAfter = staleAfter ?? form.staleAfter
    self.clock = clock
    self.now = now
    self.notice = notice
  }

  /// Makes the file, waiting until it is not there.
  ///
  /// A file that is older than it may be, and that no process of this machine has open, is removed once.
  ///
  /// - Parameter deadline: Until when; nil for as long as it takes.
  /// - Throws: `LockError`, with `LockError.Reason.timedOut(limit:holder:)` at the deadline; `CancellationError`.
  public func acquire(until deadline: Instant?) async throws {
    let isFree = state.withLock { state in
      guard case .free = state else { return false }
      state = .acquiring
      return true
    }
    guard isFree else {
      throw LockError(name: path, .invalidOption("it is held already, or being waited for"))
    }
    do {
      let own = try await waitAndMake(until: deadline)
      state.withLock { $0 = .held(own) }
    } catch {
      state.withLock { $0 = .free }
      throw error
    }
  }

  /// Removes the file if it is still the one that was made.
  ///
  /// - Throws: `LockError` when it cannot be removed: it is held then.
  /// - Returns: whether it was.
  @discardableResult
  public func release() async throws -> Bool {
    let own: FlagFile.Found? = state.withLock { state in
      guard case .held(let own) = state else { return nil }
      state = .acquiring
      return own
    }
    guard let own else { throw LockError(name: path, .notHolder(token: nil)) }
    do {
      let wasOurs = try await onDisk { [path] () throws(SystemError) in
        guard try FlagFile.read(path, limit: Self.longest) == own else { return false }
        return try FlagFile.remove(path)
      }
      state.withLock { $0 = .free }
      if !wasOurs { notice(.taken(path: path)) }
      return wasOurs
    } catch {
      state.withLock { $0 = .held(own) }
      throw error
    }
  }

  private static let longest = 4096

  private enum Look: Sendable {
    case made(FlagFile.Found)
    case present(age: Duration)
    case removed(age: Duration)
  }

  private func waitAndMake(until deadline: Instant?) async throws -> FlagFile.Found {
    let start = clock.now
    var mayRemove = true
    while true {
      let age: Duration
      switch try await look(mayRemove: mayRemove) {
      case .made(let own): return own
      case .removed(let removed):
        mayRemove = false
        notice(.removedStale(path: path, age: removed))
        continue
      case .present(let present): age = present
      }
      let next = clock.now.advanced(by: Self.interval)
      if let deadline, deadline <= clock.now {
        let holder = LockHolder(
          token: "another program's file", owner: nil, mode: .exclusive, age: age)
        throw LockError(
          name: path, .timedOut(limit: max(start.duration(to: deadline), .zero), holder: holder))
      }
      try await clock.sleep(until: min(next, deadline ?? next))
    }
  }

  /// Makes the file, or finds out for how long it has been there, in one job.
  private func look(mayRemove: Bool) async throws -> Look {
    try await onDisk { [form, path, staleAfter, now] () throws(SystemError) in
      let content = form.content(at: now())
      let draft = try FlagFile.Draft(path, content)
      let own = FlagFile.Found(bytes: content, identity: draft.identity)
      do throws(SystemError) {
        try draft.publishNew()
        return .made(own)
      } catch {
        guard error.isPresent else { throw error }
      }
      guard let found = try FlagFile.read(path, limit: Self.longest) else {
        return .present(age: .zero)
      }
      let age = form.age(of: found, at: now())
      guard mayRemove, age >= staleAfter, OpenFiles.holders(of: path).isEmpty,
        // Another may have taken its place while the processes were looked at.
        try FlagFile.read(path, limit: Self.longest) == found
      else { return .present(age: age) }
      try FlagFile.remove(path)
      return .removed(age: age)
    }
  }

  private func onDisk<Value: Sendable>(
    _ job: @escaping @Sendable () throws(SystemError) -> Value
  ) async throws -> Value {
    do {
      return try await BlockingPool.shared.run { try job() }
    } catch let error as SystemError {
      throw LockError(name: path, LockError.Reason(error, at: path))
    }
  }
}

extension LockError.Reason {
  /// What the operating system's refusal means for a lock file.
  fileprivate init(_ error: SystemError, at path: String) {
    if error.isLink || error.isIrregularFile || error.isTooLong {
      self = .wrongType("\(error)")
    } else if error.isReadOnly {
      self = .readOnly(path)
    } else if error.isForbidden {
      self = .notPermitted("\(error)")
    } else {
      self = .unavailable(backend: path, cause: "\(error)")
    }
  }
}
