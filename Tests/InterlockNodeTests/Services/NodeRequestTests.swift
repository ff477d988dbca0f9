import InterlockMeshCore
import InterlockRadio
import InterlockWire
import TestSupport
import Testing

@testable import InterlockNode

@Suite(.ownThread, .timeLimit(.minutes(1))) struct NodeRequestTests {
  @Test func `a stop is obeyed however many reloads were asked for before it`() async throws {
    let run = try await RunningNode()
    for _ in 0..<100 { run.node.reload() }
    run.node.stop()
    try await run.node.run()
    #expect(run.hasSaid("Node stopped"))
  }

  @Test func `a stop overtakes a reload that waits for the modem`() async throws {
    let run = try await RunningNode()
    let gate = Gate()
    run.radio.holdSettings(at: gate)
    try await withThrowingTaskGroup { group in
      group.addTask { try await run.node.run() }
      await run.said("Node started")
      run.reload { $0.radio.powerDBm -= 1 }
      await gate.reached.wait()
      // Nothing is transmitted from here on, though the modem still stands still.
      run.node.stop()
      while run.node.pipeline.isRunning { await Task.yield() }
      _ = await run.ask(["command": "advert"])
      gate.opened.open()
      try await group.waitForAll()
    }
    #expect(run.radio.sent.isEmpty)
  }

  @Test func `many reloads that wait are one, and none is lost`() async throws {
    let requests = NodeRequests()
    for _ in 0..<100 { requests.reload() }
    for number in 0..<20 {
      #expect(requests.change(.adminPassword("\(number)")) == (number < NodeRequests.changeBound))
    }
    var done: [NodeRequests.Request] = []
    let task = Task {
      var done: [NodeRequests.Request] = []
      await requests.run { request in
        done.append(request)
        if done.count == 1 + NodeRequests.changeBound { requests.stop() }
        if done.count == 1 + NodeRequests.changeBound { withUnsafeCurrentTask { $0?.cancel() } }
      }
      return done
    }
    done = await task.value
    #expect(done.first == .reload)
    #expect(done.dropFirst().first == .change(.adminPassword("0")))
    #expect(done.count == 1 + NodeRequests.changeBound)
  }

  @Test func `a stop before anybody waits for it counts`() async {
    let requests = NodeRequests()
    requests.stop()
    await requests.stopped()
  }
}
