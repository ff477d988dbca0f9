internal import Interlock

/// A mutex for tasks as it is often written, with the defects that scenarios ask for.
final class HastyMutex: Sendable {
  enum Defect: Sendable {
    /// A task that was cancelled throws, though it was let in already.
    case losesGrants
    /// A task whose deadline has passed throws, though it was let in already.
    case forgetsDeadlines
    /// It is free for a moment while it is handed on.
    case isFreeBetween
  }

  private struct State: Sendable {
    var isHeld = false
    var waiters: [(number: Int, continuation: CheckedContinuation<Void, Never>)] = []
    var nextNumber = 0

    mutating func remove(_ number: Int) -> CheckedContinuation<Void, Never>? {
      guard let index = waiters.firstIndex(where: { $0.number == number }) else { return nil }
      return waiters.remove(at: index).continuation
    }
  }

  private let defect: Defect
  private let state = Watched(State())

  init(_ defect: Defect) { self.defect = defect }

  func withLock(until deadline: Instant? = nil, _ body: () async -> Void) async throws {
    try await lock(until: deadline)
    await body()
    unlock()
  }

  private func lock(until deadline: Instant?) async throws {
    guard let deadline else { return try await wait() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await SystemClock().sleep(until: deadline)
        throw CancellationError()
      }
      group.addTask { try await self.wait() }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func wait() async throws {
    let number = state.change { state in
      state.nextNumber += 1
      return state.nextNumber
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let goesOn = state.change { state in
          guard state.isHeld, !Task.isCancelled else {
            state.isHeld = true
            return true
          }
          state.waiters.append((number, continuation))
          return false
        }
        if goesOn { continuation.resume() }
      }
    } onCancel: {
      state.change { $0.remove(number) }?.resume()
    }
    if defect == .losesGrants { try Task.checkCancellation() }
    if defect == .isFreeBetween { state.change { $0.isHeld = true } }
  }

  private func unlock() {
    let next = state.change { state in
      if state.waiters.isEmpty || defect == .isFreeBetween { state.isHeld = false }
      return state.waiters.isEmpty ? nil : state.waiters.removeFirst().continuation
    }
    next?.resume()
  }
}
