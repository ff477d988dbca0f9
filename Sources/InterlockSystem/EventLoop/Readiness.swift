internal import Interlock

/// Whether a descriptor may be read and written, and who waits for it.
///
/// The order that loses no edge: `expect` before the system call, then, only if the call says
/// "not now", `wait`. An edge that comes between the two is remembered.
final class Readiness: Sendable {
  enum Direction { case reading, writing }

  enum Wake: Sendable { case ready, closed, cancelled }

  private enum Phase {
    case quiet
    case ready
    case waiting(CheckedContinuation<Wake, Never>)
    /// The waiter was cancelled before it had parked.
    case cancelled
  }

  private struct State {
    var reading = Phase.quiet
    var writing = Phase.quiet
    var isClosed = false

    subscript(direction: Direction) -> Phase {
      get { direction == .reading ? reading : writing }
      set {
        switch direction {
        case .reading: reading = newValue
        case .writing: writing = newValue
        }
      }
    }

    mutating func wake(_ direction: Direction) -> CheckedContinuation<Wake, Never>? {
      switch self[direction] {
      case .waiting(let continuation):
        self[direction] = .quiet
        return continuation
      case .quiet, .ready:
        self[direction] = .ready
        return nil
      case .cancelled:
        return nil
      }
    }
  }

  private let state = Guarded(State())

  /// Forgets edges reported so far: the system call that follows sees what they announced.
  func expect(_ direction: Direction) {
    state.withLock { $0[direction] = .quiet }
  }

  /// Waits for the next edge since `expect`.
  ///
  /// One task at a time for each direction; the owner of the stream sees to it.
  ///
  /// *Cancellation:* returns at once.
  func wait(for direction: Direction) async -> Wake {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let wake: Wake? = state.withLock { state in
          if state.isClosed { return .closed }
          switch state[direction] {
          case .ready:
            state[direction] = .quiet
            return .ready
          case .cancelled:
            state[direction] = .quiet
            return .cancelled
          case .quiet:
            state[direction] = .waiting(continuation)
            return nil
          case .waiting:
            preconditionFailure("two tasks wait for one direction of a stream")
          }
        }
        if let wake { continuation.resume(returning: wake) }
      }
    } onCancel: {
      let waiter: CheckedContinuation<Wake, Never>? = state.withLock { state in
        if case .waiting(let continuation) = state[direction] {
          state[direction] = .quiet
          return continuation
        }
        state[direction] = .cancelled
        return nil
      }
      waiter?.resume(returning: .cancelled)
    }
  }

  /// Takes a report of the kernel.
  func report(readable: Bool, writable: Bool) {
    let (reader, writer) = state.withLock { state in
      (readable ? state.wake(.reading) : nil, writable ? state.wake(.writing) : nil)
    }
    reader?.resume(returning: .ready)
    writer?.resume(returning: .ready)
  }

  /// Wakes everybody for the last time.
  func close() {
    let (reader, writer) = state.withLock { state in
      state.isClosed = true
      return (state.wake(.reading), state.wake(.writing))
    }
    reader?.resume(returning: .closed)
    writer?.resume(returning: .closed)
  }
}
