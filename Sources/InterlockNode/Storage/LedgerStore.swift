package import Interlock
package import InterlockRadio
internal import InterlockSystem
internal import InterlockWire

/// The airtime account on disk, so that a restart does not grant a fresh allowance.
package final class LedgerStore: Sendable {
  /// More than a full ledger takes.
  private static let largestFileBytes = 8 << 20
  /// How soon a failed save is tried again.
  static let retryInterval = Duration.seconds(5)

  private let path: String
  private let clock: any MonotonicClock
  private let wallClock: @Sendable () -> Int64
  private let boot: UInt64
  private let report: @Sendable (NodeEvent) -> Void
  /// One save at a time, so that an older account never replaces a newer one; whether the last one
  /// failed.
  private let hasFailed: AsyncMutex<Bool>

  package init(
    path: String, clock: any MonotonicClock, report: @escaping @Sendable (NodeEvent) -> Void,
    wallClock: @escaping @Sendable () -> Int64 = { WallClock.nanoseconds }
  ) {
    self.path = path
    self.clock = clock
    self.report = report
    self.wallClock = wallClock
    hasFailed = AsyncMutex(false, name: "airtime ledger", clock: clock)
    boot = BootIdentity.current()
  }

  /// The account as it was saved, with what has left every window forgotten.
  ///
  /// What is damaged counts as fully spent. A file this user may not read belongs to another node's
  /// account and is left as it is; so is what is no file.
  ///
  /// - Throws: `NodeError` when this user may not read the file, or it is none.
  /// - Returns: the account.
  package func load(policy: DutyCyclePolicy) async throws(NodeError) -> AirtimeLedger {
    var saved: [UInt8]?
    do {
      saved = try await AtomicFile.read(path, limit: Self.largestFileBytes)
    } catch {
      if let refusal = Self.refusal(of: error) { throw refusal }
      report(.warning("\(error)"))
      // No ledger begins with no bytes, so this is taken as an unreadable one.
      saved = []
    }
    let (ledger, outcome) = AirtimeLedger.restoring(policy: policy, from: saved, at: moment())
    report(outcome.isWarning ? .warning("\(outcome)") : .info("\(outcome)"))
    return ledger
  }

  /// What ends the start; nil for what only makes the past unknown.
  static func refusal(of error: any Error) -> NodeError? {
    guard let error = error as? SystemError else { return nil }
    if error.isIrregularFile {
      return NodeError(.badInput, error.what, "move it away, or name another storage.ledgerFile")
    }
    guard error.isPermission else { return nil }
    return NodeError(
      error, or: .failed, "the airtime ledger is left as it is; make it readable for this user")
  }

  /// Saves the account now.
  ///
  /// A failure is reported once, and once more when it is over; the file is whole at every moment.
  ///
  /// *Cancellation:* while it waits for another save.
  ///
  /// - Parameter ledger: the account, asked for when its turn has come.
  /// - Returns: whether it is on the disk.
  @discardableResult
  package func save(_ ledger: @Sendable () -> AirtimeLedger) async -> Bool {
    let isSaved = try? await hasFailed.withLock { hasFailed in
      let bytes = AirtimeLedgerSnapshot(of: ledger(), at: moment()).encoded()
      do {
        try await AtomicFile.write(bytes, to: path)
      } catch {
        if !hasFailed {
          report(
            .warning(
              "The airtime ledger is not saved: \(error); it is tried again every "
                + "\(Self.retryInterval.notation)"))
        }
        hasFailed = true
        return false
      }
      if hasFailed { report(.info("The airtime ledger is saved again")) }
      hasFailed = false
      return true
    }
    // Cancelled while it waited: the one who cancels saves last.
    return isSaved ?? false
  }

  /// Saves the account again and again until the task is cancelled.
  ///
  /// - Throws: `CancellationError` when it is.
  package func run(
    every interval: @Sendable () -> Duration, _ ledger: @Sendable () -> AirtimeLedger
  ) async throws {
    while true {
      let isSaved = await save(ledger)
      try await clock.sleep(for: isSaved ? interval() : min(interval(), Self.retryInterval))
    }
  }

  private func moment() -> AirtimeLedgerSnapshot.Moment {
    AirtimeLedgerSnapshot.Moment(
      instant: clock.now, wallClockNanoseconds: wallClock(), boot: boot)
  }
}
