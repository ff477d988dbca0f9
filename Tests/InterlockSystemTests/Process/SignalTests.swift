import Foundation
import InterlockSystem
import TestSupport
import Testing

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct SignalTests {
  @Test func `signals arrive as values, in order, and do what they did before once closed`() async {
    // In a process of its own: signals are the whole process's.
    await #expect(processExitsWith: .signal(SIGTERM)) {
      let signals = try Signals([.terminate, .reload])
      kill(getpid(), SIGHUP)
      #expect(try await signals.next() == [.reload])
      kill(getpid(), SIGTERM)
      #expect(try await signals.next() == [.terminate])
      signals.close()
      kill(getpid(), SIGTERM)
      // Not reached: the signal ends the process as if it had never been received.
      while true { await Task.yield() }
    }
  }
}
