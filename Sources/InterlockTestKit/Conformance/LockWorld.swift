internal import Interlock
public import InterlockLocks

/// Where locks are shared: a server, a folder, a table; it is empty when a check begins.
public struct LockWorld: Sendable {
  /// Makes another client's way to it.
  public let makeBackend: @Sendable () async throws -> any LockBackend
  /// How long a check waits for what has to come, on a real server at its slowest.
  public let patience: Duration

  /// Describes a world.
  ///
  /// - Parameters:
  ///   - patience: How long to wait for what has to come before it counts as not coming.
  ///   - makeBackend: Makes another client's way to it; called several times in one check.
  public init(
    patience: Duration = .seconds(30),
    _ makeBackend: @escaping @Sendable () async throws -> any LockBackend
  ) {
    self.patience = patience
    self.makeBackend = makeBackend
  }

  /// Another client.
  func client() async throws -> LockClient { LockClient(try await makeBackend()) }

  /// Waits until something is so, by looking again and again.
  func until(
    _ what: String, _ client: LockClient, _ isSo: () async throws -> Bool
  ) async throws {
    let deadline = client.backend.clock.now.advanced(by: patience)
    while try await !isSo() {
      guard client.backend.clock.now < deadline else {
        throw ConformanceFailure("within \(patience) it was not so that \(what)")
      }
      await Task.yield()
    }
  }

  /// Waits until so many wait for a lock.
  func untilWaiting(_ count: Int, for name: LockName, _ client: LockClient) async throws {
    try await until("\(count) wait for '\(name)'", client) {
      try await client.record(of: name).waiters.count == count
    }
  }
}

/// A promise that was not kept.
public struct ConformanceFailure: Error, CustomStringConvertible {
  /// What was promised, and what happened.
  public let description: String

  /// Describes it.
  public init(_ description: String) {
    self.description = description
  }
}

/// Throws unless `condition` holds.
func require(_ condition: Bool, _ promise: @autoclosure () -> String) throws {
  guard condition else { throw ConformanceFailure(promise()) }
}

/// A body that does nothing until it is cancelled.
func untilCancelled() async throws {
  let end = FirstAnswer<Void>()
  await withTaskCancellationHandler {
    await end.value
  } onCancel: {
    end.give(())
  }
  try Task.checkCancellation()
}
