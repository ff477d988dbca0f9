internal import Interlock
public import InterlockLocks

/// A holder that works on and on, and goes on writing after it has lost the lock, until it is refused.
public struct StubbornHolder: Sendable {
  /// The lock.
  public var name: LockName
  /// How long it works while it has the lock; nil for as long as it has it.
  public var time: Duration?
  /// From one write to the next.
  public var pace: Duration
  /// How long it goes on after a loss at most.
  public var patience: Duration
  /// How the lock is asked for and kept.
  public var options: LockOptions

  /// Describes a holder.
  ///
  /// - Parameters:
  ///   - name: The lock.
  ///   - time: How long it works while it has the lock; nil for as long as it has it.
  ///   - pace: From one write to the next.
  ///   - patience: How long it goes on after a loss at most.
  ///   - options: How the lock is asked for and kept.
  public init(
    _ name: LockName, for time: Duration? = nil, pace: Duration = .milliseconds(5),
    patience: Duration = .seconds(30), options: LockOptions = LockOptions()
  ) {
    self.name = name
    self.time = time
    self.pace = pace
    self.patience = patience
    self.options = options
  }

  /// Takes the lock and works.
  ///
  /// - Parameter process: Who does it.
  /// - Throws: `LockError` when the lock is not obtained; what the guarded thing throws.
  /// - Returns: whether the lock was lost.
  public func run(_ process: DrillProcess) async throws -> Bool {
    process.note(0, .waiting)
    do {
      try await process.client.withLock(name, options: options) { lease in
        let proof = lease.validUntil
        process.note(0, .entered, fence: lease.fence)
        if let proof { process.note(0, .proved, fence: lease.fence, other: proof) }
        try await work(process, lease)
      }
      return false
    } catch let error as LockError {
      guard case .lost = error.reason else { throw error }
      return true
    }
  }

  private func work(_ process: DrillProcess, _ lease: LockLease) async throws {
    let clock = process.client.backend.clock
    let end = time.map { clock.now.advanced(by: $0) } ?? .distantFuture
    var proved: Instant?
    while clock.now < end {
      do throws(LeaseError) { try lease.check() } catch {
        process.note(0, .lost, fence: lease.fence)
        return try await insist(process, lease.fence)
      }
      if let until = lease.validUntil, until != proved {
        process.note(0, .proved, fence: lease.fence, other: until)
        proved = until
      }
      let value = try await process.thing.read()
      guard try await process.write(value + 1, 0, lease.fence) else {
        // Another has written: the lock is lost, whatever is known of it here.
        return process.note(0, .lost, fence: lease.fence)
      }
      try await clock.sleep(for: pace)
    }
    process.note(0, .left, fence: lease.fence)
  }

  /// Writes as if nothing had happened, until that is refused.
  private func insist(_ process: DrillProcess, _ fence: Fence) async throws {
    let clock = process.client.backend.clock
    let end = clock.now.advanced(by: patience)
    while clock.now < end {
      let value = try await process.thing.read()
      guard try await process.write(value + 1, 0, fence) else { return }
      try await clock.sleep(for: pace)
    }
  }
}
