public import Interlock
public import InterlockLocks
internal import InterlockSystem

/// A lock file of the legacy programs, honoured and held together with a lock of ours while both kinds of program run.
///
/// It is taken after our own lock and given back before it. Made in one step that fails when the file is there, it keeps
/// those legacy programs out that look before they begin. What it cannot do: a legacy program looks first and makes the
/// file afterwards, and between its two steps it does not see ours. Only when no legacy program is left is nobody inside
/// together. Programs of ours that take nothing but the file exclude each other by it, in no order.
///
/// *Cancellation:* `acquire` throws `CancellationError` while it waits; a file that was made is held.
public final class BridgeLockFile: Sendable {
  /// What a bridge tells that nobody asked for.
  public enum Notice: Sendable, Hashable {
    /// A file was removed that a program had left behind.
    case removedStale(path: String, age: Duration)
    /// Somebody removed or replaced the file while it was held.
    case taken(path: String)
    /// The file could not be removed when it was given back, and keeps others out.
    case left(path: String, cause: String)
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
    case held(Own)
  }

  /// The file that was made, kept open: whoever looks whether it was left behind sees that it was not.
  private final class Own: Sendable {
    let found: FlagFile.Found
    private let descriptor: FileDescriptor?

    init(_ found: FlagFile.Found, at path: String) {
      self.found = found
      // When somebody has removed it since, that shows when it is given back.
      descriptor = try? FileDescriptor.file(path, .reading)
    }
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
  /// - Returns: whether it had to wait.
  @discardableResult
  public func acquire(until deadline: Instant?) async throws -> Bool {
    let isFree = state.withLock { state in
      guard case .free = state else { return false }
      state = .acquiring
      return true
    }
    guard isFree else {
      throw LockError(name: path, .invalidOption("it is held already, or being waited for"))
    }
    do {
      let (own, hasWaited) = try await waitAndMake(until: deadline)
      state.withLock { $0 = .held(own) }
      return hasWaited
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
    let answer = FirstAnswer<Result<Bool, LockError>>()
    release { answer.give($0) }
    return try await answer.value.get()
  }

  /// Removes the file if it is still the one that was made; nobody has to wait for it.
  ///
  /// - Parameter answer: Told once, on another thread: whether it was; the failure when it could not be removed.
  func release(_ answer: @escaping @Sendable (Result<Bool, LockError>) -> Void) {
    let own: Own? = state.withLock { state in
      guard case .held(let own) = state else { return nil }
      state = .acquiring
      return own
    }
    guard let own else {
      return answer(.failure(LockError(name: path, .notHolder(token: nil))))
    }
    do throws(SystemError) {
      try BlockingPool.shared.submit { [self] in answer(remove(own)) }
    } catch {
      state.withLock { $0 = .held(own) }
      answer(.failure(LockError(name: path, LockError.Reason(error, at: path))))
    }
  }

  private func remove(_ own: Own) -> Result<Bool, LockError> {
    do throws(SystemError) {
      let isOurs = try FlagFile.read(path, limit: Self.longest) == own.found
      let wasOurs = isOurs ? try FlagFile.remove(path) : false
      state.withLock { $0 = .free }
      if !wasOurs { notice(.taken(path: path)) }
      return .success(wasOurs)
    } catch {
      state.withLock { $0 = .held(own) }
      notice(.left(path: path, cause: error.what))
      return .failure(LockError(name: path, LockError.Reason(error, at: path)))
    }
  }

  /// Whoever has the file; nil when it is not there, or was made by this.
  ///
  /// - Throws: `LockError` when that cannot be told.
  public func holder() async throws(LockError) -> LockHolder? {
    if case .held = state.withLock({ $0 }) { return nil }
    let age: Duration?
    do {
      age = try await BlockingPool.shared.run { [form, path, now] in
        try FlagFile.read(path, limit: Self.longest).map { form.age(of: $0, at: now()) }
      }
    } catch let error as SystemError {
      throw LockError(name: path, LockError.Reason(error, at: path))
    } catch {
      throw LockError(name: path, .unavailable(backend: path, cause: "\(error)"))
    }
    return age.map(holder(for:))
  }

  private func holder(for age: Duration) -> LockHolder {
    LockHolder(token: "the lock file \(path)", owner: nil, mode: .exclusive, age: age)
  }

  private static let longest = 4096

  private enum Look: Sendable {
    case made(Own)
    case present(age: Duration)
    case removed(age: Duration)
  }

  private func waitAndMake(
    until deadline: Instant?
  ) async throws -> (own: Own, hasWaited: Bool) {
    let start = clock.now
    var (mayRemove, hasWaited) = (true, false)
    while true {
      let age: Duration
      switch try await look(mayRemove: mayRemove) {
      case .made(let own): return (own, hasWaited)
      case .removed(let removed):
        mayRemove = false
        notice(.removedStale(path: path, age: removed))
        continue
      case .present(let present): age = present
      }
      let next = clock.now.advanced(by: Self.interval)
      if let deadline, deadline <= clock.now {
        let limit = max(start.duration(to: deadline), .zero)
        throw LockError(name: path, .timedOut(limit: limit, holder: holder(for: age)))
      }
      hasWaited = true
      try await clock.sleep(until: min(next, deadline ?? next))
    }
  }

  /// Makes the file, or finds out for how long it has been there, in one job.
  private func look(mayRemove: Bool) async throws -> Look {
    try await onDisk { [form, path, staleAfter, now] () throws(SystemError) in
      if let own = try Self.make(path, form.content(at: now())) { return .made(own) }
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

  /// Makes the file in one step; nil when it is there.
  private static func make(_ path: String, _ content: [UInt8]) throws(SystemError) -> Own? {
    // Who waits looks often, and a draft is written to the disk: most looks need none.
    guard try FlagFile.identity(of: path) == nil else { return nil }
    let draft = try FlagFile.Draft(path, content)
    let own = FlagFile.Found(bytes: content, identity: draft.identity)
    do throws(SystemError) {
      try draft.publishNew()
      return Own(own, at: path)
    } catch {
      guard error.isPresent else { throw error }
      return nil
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
