import Interlock
import InterlockMeshCore
import InterlockRadio
import InterlockWire
import TestSupport
import Testing

@testable import InterlockNode

@Suite(.ownThread, .timeLimit(.minutes(10))) struct NodeRequestTests {
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

  @Test func `changes granted by radio that a stop overtook are in force after the next start`()
    async throws
  {
    let run = try await RunningNode()
    let gate = Gate()
    run.radio.holdSettings(at: gate)
    try await withThrowingTaskGroup { group in
      group.addTask { try await run.node.run() }
      await run.said("Node started")
      try run.node.administration.apply(.setting(.transmitPowerDBm(7)))
      await gate.reached.wait()
      // The first change stands before the modem, the others behind it.
      try run.node.administration.apply(.setting(.floodDelay(0.25)))
      try run.node.administration.apply(.adminPassword("by radio"))
      try run.node.administration.apply(
        .temporaryRadio(
          LoRaSettings(
            frequencyHz: 868_100_000, bandwidthHz: 125_000, spreadingFactor: 12,
            codingRateDenominator: 5)))
      run.node.stop()
      while run.node.pipeline.isRunning { await Task.yield() }
      gate.opened.open()
      try await group.waitForAll()
    }
    let next = try await run.node.remoteSettings.applied(to: NodeConfiguration())
    #expect(next.radio.powerDBm == 7)
    #expect(next.repeater.delays.floodFactor == 0.25)
    #expect(next.security.adminPassword == "by radio")
    #expect(next.radio.frequencyMHz == NodeConfiguration().radio.frequencyMHz)
    #expect(next.radio.spreadingFactor == NodeConfiguration().radio.spreadingFactor)
    #expect(run.node.configuration.withLock { $0.radio.powerDBm } == 7)
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
