internal import Interlock
internal import InterlockMeshCore

/// What a node is asked from outside its tasks.
///
/// Ending is a latch: it overtakes whatever waits, is never lost and never taken back. The rest is
/// done by one task in the order it was asked for.
final class NodeRequests: Sendable {
  enum Request: Sendable, Equatable {
    case reload
    case change(AdminChange)
  }

  /// The most changes that wait; more are refused.
  static let changeBound = 8

  private struct State {
    /// At most `changeBound` changes and one reload.
    var waiting: [Request] = []
    /// The one being done; one that a cancellation may have cut short stays here.
    var current: Request?
  }

  private let state = Guarded(State())
  /// One signal stands for any number of requests.
  private let arrivals: AsyncStream<Void>
  private let arrived: AsyncStream<Void>.Continuation
  /// Over as soon as the node is to end.
  private let life: AsyncStream<Never>
  private let lifeInput: AsyncStream<Never>.Continuation

  init() {
    (arrivals, arrived) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    (life, lifeInput) = AsyncStream.makeStream()
  }

  // MARK: Asking

  func stop() { lifeInput.finish() }

  /// Asks for the configuration to be read again; it is read when its turn comes, so one that waits
  /// already does for both.
  func reload() {
    state.withLock { state in
      if !state.waiting.contains(.reload) { state.waiting.append(.reload) }
    }
    arrived.yield()
  }

  /// Asks for a change.
  ///
  /// - Returns: Whether it will be made; not when too many wait.
  func change(_ change: AdminChange) -> Bool {
    let isTaken = state.withLock { state in
      guard state.waiting.count(where: { $0 != .reload }) < Self.changeBound else { return false }
      state.waiting.append(.change(change))
      return true
    }
    if isTaken { arrived.yield() }
    return isTaken
  }

  // MARK: Doing

  /// Waits until the node is to end, or the task is cancelled.
  func stopped() async { for await _ in life {} }

  /// Has each request done, one after the other, until the task is cancelled.
  func run(_ perform: (Request) async -> Void) async {
    for await _ in arrivals {
      while !Task.isCancelled, let request = takeFirst() {
        await perform(request)
        guard !Task.isCancelled else { return }
        state.withLock { $0.current = nil }
      }
    }
  }

  private func takeFirst() -> Request? {
    state.withLock { state in
      guard !state.waiting.isEmpty else { return nil }
      state.current = state.waiting.removeFirst()
      return state.current
    }
  }

  /// Takes the changes that were asked for and not done, the one that was cut short first.
  func takeUndone() -> [AdminChange] {
    state.withLock { state in
      defer { state = State() }
      return ([state.current].compactMap(\.self) + state.waiting).compactMap { request in
        guard case .change(let change) = request else { return nil }
        return change
      }
    }
  }
}
