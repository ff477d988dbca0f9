internal import Interlock

extension LockClient {
  /// Runs a body as a task of its own while a lock is held, and cancels it when the lock is lost.
  ///
  /// It is cancelled as soon as the lease cannot be proved any more, which is before it ends where it was granted: a body
  /// that ends when it is cancelled has ended before another begins.
  ///
  /// The body is also cancelled when somebody asks for the lock (``clear(below:_:reason:)``); if it ends for that,
  /// ``LockError/Reason/yielded(by:reason:)`` is thrown.
  ///
  /// - Parameters:
  ///   - name: What is locked.
  ///   - mode: How.
  ///   - timeout: How long to wait for it at most; nil for ever, zero not at all. It does not bound the body.
  ///   - options: How it is asked for and kept.
  ///   - body: What is done with it.
  /// - Returns: what the body returns.
  /// - Throws: as ``withLock(_:_:timeout:options:_:)``; ``LockError/Reason/lost(_:)`` when the lock was lost, once the body
  ///   has ended, even if it returned something.
  public func withCancellableLock<Result: Sendable>(
    _ name: LockName, _ mode: LockMode = .exclusive, timeout: Duration? = nil,
    options: LockOptions = LockOptions(),
    _ body: @escaping @Sendable (LockLease) async throws -> Result
  ) async throws -> Result {
    try await withLock(name, mode, timeout: timeout, options: options) { lease in
      let watch = BodyWatch(lease: lease, body: body)
      return try await watch.run()
    }
  }
}

/// A body beside two tasks that wait for what would end it.
private struct BodyWatch<Value: Sendable>: Sendable {
  private enum Event: Sendable {
    case ended(Result<Value, any Error>)
    case lost(LeaseLoss)
    case asked(YieldRequest)
    case over
  }

  let lease: LockLease
  let body: @Sendable (LockLease) async throws -> Value

  func run() async throws -> Value {
    let event = await withTaskGroup(of: Event.self) { group in
      group.addTask {
        do {
          return .ended(.success(try await body(lease)))
        } catch {
          return .ended(.failure(error))
        }
      }
      group.addTask {
        if let loss = await lease.doubt() { .lost(loss) } else { .over }
      }
      group.addTask {
        for await request in lease.yieldRequests { return .asked(request) }
        return .over
      }
      var cause: LockError.Reason?
      var result: Result<Value, any Error>?
      for await event in group {
        switch event {
        case .ended(let ending): result = ending
        case .lost(let loss): cause = .lost(loss)
        case .asked(let request): cause = cause ?? .yielded(by: request.by, reason: request.reason)
        case .over: continue
        }
        group.cancelAll()
      }
      return (result, cause)
    }
    guard let result = event.0 else { preconditionFailure("a body has ended without a result") }
    // A body that ended because it was cancelled from here: say why it was.
    if case .failure(let error) = result, error is CancellationError, let cause = event.1 {
      throw LockError(lease.name, cause)
    }
    return try result.get()
  }
}
