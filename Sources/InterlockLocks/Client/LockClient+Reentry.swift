internal import Interlock

extension LockClient {
  /// Goes in again, by its turn, where the caller is in a body of this lock already.
  ///
  /// - Throws: ``LockError``; `CancellationError`.
  /// - Returns: nil when the caller holds no such lock.
  func reenter(
    _ name: LockName, _ mode: LockMode, _ timeout: Duration?
  ) async throws -> Claim? {
    guard mode.limit == nil, let outer = innermost(name), outer.mode.limit == nil else {
      return nil
    }
    if outer.mode == .shared, mode == .exclusive {
      throw LockError(name, .wouldDeadlock(held: .shared))
    }
    guard let gate = outer.join() else { return nil }
    let begun = clock.now
    do {
      if let ticket = gate.enterAtOnce(.exclusive) {
        return Claim(in: outer, begun: begun, turn: (gate, ticket))
      }
      let ticket = try await gate.enter(.exclusive, until: timeout.map { begun.advanced(by: $0) })
      return Claim(in: outer, begun: begun, turn: (gate, ticket))
    } catch let error as AdmissionError {
      outer.part()
      throw LockError(name, error.asLockReason(timeout))
    } catch {
      outer.part()
      throw error
    }
  }

  /// The caller's innermost body of this lock.
  func innermost(_ name: LockName) -> Claim? {
    var claim = Claim.innermost
    while let present = claim {
      if present.client === self, present.name == name, present.isOpen { return present }
      claim = present.outer
    }
    return nil
  }
}

extension AdmissionError {
  fileprivate func asLockReason(_ timeout: Duration?) -> LockError.Reason {
    if case .timedOut(let waited, _, _, _) = reason {
      .timedOut(limit: timeout ?? waited, holder: nil)
    } else {
      .queueFull(waiting: LockClient.nestedWaitingLimit)
    }
  }
}
