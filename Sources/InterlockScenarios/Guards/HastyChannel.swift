/// A channel as it is often written: what was handed to a receiver that is cancelled is gone, and senders that
/// wait for room are let go with their elements when it is finished.
final class HastyChannel: Sendable {
  private struct State: Sendable {
    var buffer: [Int] = []
    var receivers: [(number: Int, continuation: CheckedContinuation<Int?, Never>)] = []
    var senders: [CheckedContinuation<Void, Never>] = []
    var isFinished = false
    var nextNumber = 0
  }

  private let capacity: Int
  private let state = Watched(State())

  init(_ capacity: Int) { self.capacity = capacity }

  func send(_ element: Int) async throws {
    while state.value.buffer.count >= capacity, !state.value.isFinished {
      await withCheckedContinuation { continuation in
        state.change { $0.senders.append(continuation) }
      }
    }
    let receiver: CheckedContinuation<Int?, Never>? = state.change { state in
      guard state.receivers.isEmpty else { return state.receivers.removeFirst().continuation }
      // A finished channel takes it, and nobody will receive it.
      state.buffer.append(element)
      return nil
    }
    receiver?.resume(returning: element)
  }

  func receive() async throws -> Int? {
    let number = state.change { state in
      state.nextNumber += 1
      return state.nextNumber
    }
    let element = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let (answer, sender) = state.change { state -> (Int??, CheckedContinuation<Void, Never>?) in
          if !state.buffer.isEmpty {
            let element = state.buffer.removeFirst()
            return (element, state.senders.isEmpty ? nil : state.senders.removeFirst())
          }
          if state.isFinished || Task.isCancelled { return (.some(nil), nil) }
          state.receivers.append((number, continuation))
          return (nil, nil)
        }
        sender?.resume()
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let waiter: CheckedContinuation<Int?, Never>? = state.change { state in
        guard let index = state.receivers.firstIndex(where: { $0.number == number }) else {
          return nil
        }
        return state.receivers.remove(at: index).continuation
      }
      waiter?.resume(returning: nil)
    }
    try Task.checkCancellation()
    return element
  }

  func finish() {
    let (receivers, senders) = state.change { state in
      state.isFinished = true
      defer {
        state.receivers = []
        state.senders = []
      }
      return (state.receivers, state.senders)
    }
    for receiver in receivers { receiver.continuation.resume(returning: nil) }
    for sender in senders { sender.resume() }
  }
}
