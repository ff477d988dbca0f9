/// A semaphore for tasks as it is often written, with the defects that scenarios ask for.
final class HastySemaphore: Sendable {
  enum Defect: Sendable {
    /// A permit that was given to a task that is cancelled is not given back.
    case losesPermits
    /// When the first in line goes away, those behind it are not looked at.
    case forgetsThoseBehind
  }

  private struct Waiter: Sendable {
    let number: Int
    let count: Int
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State: Sendable {
    var free: Int
    var waiters: [Waiter] = []
    var nextNumber = 0

    mutating func admit() -> [Waiter] {
      var admitted: [Waiter] = []
      while let first = waiters.first, first.count <= free {
        free -= first.count
        admitted.append(waiters.removeFirst())
      }
      return admitted
    }
  }

  private let defect: Defect
  private let state: Watched<State>

  var free: Int { state.value.free }

  init(_ permits: Int, _ defect: Defect) {
    self.defect = defect
    state = Watched(State(free: permits))
  }

  func withPermits(_ count: Int, _ body: () async -> Void) async throws {
    guard await wait(count) else { throw CancellationError() }
    if defect == .losesPermits { try Task.checkCancellation() }
    await body()
    let admitted = state.change { state in
      state.free += count
      return state.admit()
    }
    for waiter in admitted { waiter.continuation.resume(returning: true) }
  }

  private func wait(_ count: Int) async -> Bool {
    let number = state.change { state in
      state.nextNumber += 1
      return state.nextNumber
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = state.change { state in
          if Task.isCancelled { return false }
          if state.waiters.isEmpty, state.free >= count {
            state.free -= count
            return true
          }
          state.waiters.append(Waiter(number: number, count: count, continuation: continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let waiter: Waiter? = state.change { state in
        guard let index = state.waiters.firstIndex(where: { $0.number == number }) else {
          return nil
        }
        return state.waiters.remove(at: index)
      }
      waiter?.continuation.resume(returning: false)
    }
  }
}
