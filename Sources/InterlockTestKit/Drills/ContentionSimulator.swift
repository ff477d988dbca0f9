internal import Interlock
public import InterlockLocks

/// Many requests for one lock, one after the other or all at once.
///
/// Each body reads the guarded number, takes its time, and writes the number back greater by one.
public struct ContentionSimulator: Sendable {
  /// The lock.
  public var name: LockName
  /// How many requests.
  public var requests: Int
  /// How long each body takes.
  public var body: Duration
  /// From one request to the next, whether it was answered or not; nil when each waits for the one before.
  public var pace: Duration?
  /// How long each waits for the lock at most; nil for ever.
  public var timeout: Duration?
  /// How the lock is asked for and kept.
  public var options: LockOptions

  /// Describes the requests.
  ///
  /// - Parameters:
  ///   - name: The lock.
  ///   - requests: How many requests.
  ///   - body: How long each body takes.
  ///   - pace: From one request to the next; nil when each waits for the one before.
  ///   - timeout: How long each waits for the lock at most; nil for ever.
  ///   - options: How the lock is asked for and kept.
  public init(
    _ name: LockName, requests: Int, body: Duration, pace: Duration? = nil,
    timeout: Duration? = nil, options: LockOptions = LockOptions()
  ) {
    self.name = name
    self.requests = requests
    self.body = body
    self.pace = pace
    self.timeout = timeout
    self.options = options
  }

  /// Makes the requests, and returns when the last of them has ended.
  ///
  /// A lock that is not obtained, or is lost, is noted in the log.
  ///
  /// - Parameter process: Who makes them.
  /// - Throws: what the guarded thing throws; `CancellationError`.
  public func run(_ process: DrillProcess) async throws {
    guard let pace else {
      for request in 0..<requests { try await self.request(request, process) }
      return
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for request in 0..<requests {
        group.addTask { try await self.request(request, process) }
        try await process.client.backend.clock.sleep(for: pace)
      }
      try await group.waitForAll()
    }
  }

  private func request(_ request: Int, _ process: DrillProcess) async throws {
    process.note(request, .waiting)
    do {
      try await process.client.withLock(name, timeout: timeout, options: options) { lease in
        // Asked before it is noted: whoever stands still between the two claims no more than it could prove.
        let proof = lease.validUntil
        try lease.check()
        process.note(request, .entered, fence: lease.fence)
        if let proof { process.note(request, .proved, fence: lease.fence, other: proof) }
        let value = try await process.thing.read()
        try await process.client.backend.clock.sleep(for: body)
        _ = try await process.write(value + 1, request, lease.fence)
        process.note(request, .left, fence: lease.fence)
      }
    } catch let error as LockError {
      if case .lost = error.reason {
        process.note(request, .lost)
      } else {
        process.note(request, .failed)
      }
    } catch is LeaseError {
      process.note(request, .lost)
    }
  }
}
