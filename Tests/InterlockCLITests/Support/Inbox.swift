import Interlock
import InterlockCommandLine
import InterlockRadio
import InterlockSystem
import Testing

/// What a modem of the test hears.
final class Inbox: Sendable {
  private struct State {
    var isConnected = false
    var frames: [[UInt8]] = []
  }

  private let state = Guarded(State())
  private let bell = Doorbell()

  func take(_ event: ModemEvent) {
    state.withLock { state in
      switch event {
      case .connected: state.isConnected = true
      case .received(let frame): state.frames.append(frame.bytes)
      default: break
      }
    }
    bell.ring()
  }

  func connected() async throws { _ = try await wait { $0.isConnected ? true : nil } }

  func frame() async throws -> [UInt8] {
    try await wait { $0.frames.isEmpty ? nil : $0.frames.removeFirst() }
  }

  private func wait<Value: Sendable>(
    _ look: @escaping @Sendable (inout State) -> Value?
  ) async throws -> Value {
    let clock = SystemClock()
    let found = try await withDeadline(
      clock.now.advanced(by: RunningProgram.patience), clock: clock
    ) {
      [self] in
      while true {
        bell.hush()
        if let value = state.withLock({ look(&$0) }) { return value }
        if case .cancelled = await bell.wait() { throw CancellationError() }
      }
    }
    return try #require(found, "nothing came over the air")
  }
}
