public import Interlock
internal import InterlockLocks

/// A lock store as a server would be: grants end by time, and whoever asks is behind a link.
///
/// Each operation is one step. ``forget()`` loses everything but the clock, as a server that kept nothing does.
public final class SimulatedLockStore: Sendable {
  private static let waitingLimit = 65_536

  let clock: any MonotonicClock
  /// The time since 1970, for fences.
  private let microseconds: @Sendable () -> UInt64
  private let table = Guarded(LockTable(waitingLimit: waitingLimit, hasTerms: true))
  private let ends = Doorbell()
  private let sessions = Guarded(UInt64(0))

  /// An empty store.
  ///
  /// - Parameters:
  ///   - clock: What terms are measured by.
  ///   - microseconds: The time since 1970, for fences; nil for that of `clock`.
  public init(
    clock: any MonotonicClock = SystemClock(), microseconds: (@Sendable () -> UInt64)? = nil
  ) {
    self.clock = clock
    self.microseconds = microseconds ?? { UInt64(max(0, clock.now.nanoseconds / 1_000)) }
  }

  /// Ends grants whose time is over, until it is cancelled.
  public func run() async {
    while !Task.isCancelled {
      ends.hush()
      let now = clock.now
      deliver(table.withLock { $0.expire(at: now, microseconds: microseconds()) })
      await ends.wait(until: table.withLock(\.nextEnd), on: clock)
    }
  }

  /// A way to it, for one client, over a link of its own.
  ///
  /// - Parameter host: What the client's host is called.
  /// - Returns: the way; it carries nothing before it runs.
  public func connect(host: String) -> SimulatedLockBackend {
    let number = sessions.withLock { number in
      number += 1
      return number
    }
    return SimulatedLockBackend(
      self,
      LockSession(
        owner: LockOwner(host: host, process: Int32(truncatingIfNeeded: number)), secret: number))
  }

  /// Loses every grant, everybody in line, and the last fence.
  public func forget() {
    table.withLock { $0 = LockTable(waitingLimit: Self.waitingLimit, hasTerms: true) }
  }

  /// One operation on the table, with what is to be told delivered after it.
  func perform<Result: Sendable>(
    _ step: (inout LockTable, Instant, UInt64) -> (Result, [LockTable.Notice])
  ) -> Result {
    let (now, microseconds) = (clock.now, microseconds())
    let (result, notices) = table.withLock { table in
      let expired = table.expire(at: now, microseconds: microseconds)
      let (result, notices) = step(&table, now, microseconds)
      return (result, expired + notices)
    }
    deliver(notices)
    ends.ring()
    return result
  }

  private func deliver(_ notices: [LockTable.Notice]) {
    for notice in notices { notice.deliver() }
  }
}
