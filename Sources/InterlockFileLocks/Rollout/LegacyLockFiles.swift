public import Interlock
public import InterlockLocks

/// The lock files of the older programs, as what goes with locks of ours.
///
/// Two locks with one file wait for each other, so one should not be taken in a body of the other. Locks that are shared or
/// given out as permits have their file one at a time.
public final class LegacyLockFiles: LockCompanion {
  /// The folder that the older programs work in.
  public let directory: String
  private let form: @Sendable (LockName) -> BridgeForm?
  private let notice: @Sendable (BridgeLockFile.Notice) -> Void
  private let held = Guarded<[LockToken: BridgeLockFile]>([:])

  /// The files in a folder.
  ///
  /// - Parameters:
  ///   - directory: The folder that the older programs work in.
  ///   - form: Which file goes with a lock; nil for none.
  ///   - notice: Told what belongs into a log; it does not block.
  public init(
    in directory: String,
    form: @escaping @Sendable (LockName) -> BridgeForm? = { BridgeForm(givtcp: $0) },
    notice: @escaping @Sendable (BridgeLockFile.Notice) -> Void = { _ in }
  ) {
    self.directory = directory
    self.form = form
    self.notice = notice
  }

  /// Makes the lock's file, waiting until it is not there.
  ///
  /// - Throws: `LockError`; `CancellationError`.
  /// - Returns: whether it had to wait.
  public func take(
    _ name: LockName, for token: LockToken, by clock: any MonotonicClock, until deadline: Instant?
  ) async throws -> Bool {
    guard let file = file(of: name, by: clock) else { return false }
    let hasWaited = try await file.acquire(until: deadline)
    held.withLock { $0[token] = file }
    return hasWaited
  }

  /// Removes the file that was made for a grant; what cannot be removed is told as a notice.
  public func giveBack(
    _ name: LockName, for token: LockToken, _ done: @escaping @Sendable () -> Void
  ) {
    guard let file = held.withLock({ $0.removeValue(forKey: token) }) else { return done() }
    file.release { _ in done() }
  }

  /// Whoever has the lock's file, unless it was made by this.
  ///
  /// - Throws: `LockError`.
  public func holder(of name: LockName) async throws(LockError) -> LockHolder? {
    guard let file = file(of: name, by: SystemClock()),
      !held.withLock({ $0.values.contains { $0.path == file.path } })
    else { return nil }
    return try await file.holder()
  }

  private func file(of name: LockName, by clock: any MonotonicClock) -> BridgeLockFile? {
    form(name).map { BridgeLockFile($0, in: directory, clock: clock, notice: notice) }
  }
}

extension BridgeForm {
  /// The file that GivTCP has for a lock: the connection to an inverter is guarded by one for all, the rest by none.
  ///
  /// - Parameter name: `inverter_read` or `inverter_read:INSTANCE`.
  public init?(givtcp name: LockName) {
    guard name.text == "inverter_read" || name.text.hasPrefix("inverter_read:") else { return nil }
    self = .inverter
  }
}
