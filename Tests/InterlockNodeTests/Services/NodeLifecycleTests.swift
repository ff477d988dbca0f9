import Foundation
import Interlock
import InterlockMeshCore
import InterlockRadio
import InterlockWire
import TestSupport
import Testing

@testable import InterlockNode

@Suite(.ownThread, .timeLimit(.minutes(10))) struct NodeLifecycleTests {
  private static func send(_ payload: [UInt8]) throws -> JSONValue {
    let frame = try NodeTransmitTests.flood(payload).frame
    return ["command": "send", "frame": .string(Hex.encode(frame))]
  }

  @Test func `key and spent allowance are the same after a stop and a start`() async throws {
    let first = try await RunningNode()
    let request = try Self.send([1, 2, 3, 4, 5])
    try await first.running {
      #expect(await first.ask(request)["ok"]?.bool == true)
    }
    let spent = first.node.pipeline.snapshot().airtime.map(\.spent)
    #expect(spent.contains { $0 > .zero })
    let second = try await RunningNode(folder: first.folder)
    #expect(second.node.identity.publicKey == first.node.identity.publicKey)
    #expect(second.node.pipeline.snapshot().airtime.map(\.spent) == spent)
  }

  @Test func `a second node on the same directory is refused while the first lives`() async throws {
    let first = try await RunningNode()
    let error = await #expect(throws: NodeError.self) {
      _ = try await RunningNode(folder: first.folder)
    }
    #expect(error?.description.contains("another node may be running") == true)
    first.node.stop()
    try await first.node.run()
    _ = try await RunningNode(folder: first.folder)
  }

  @Test func `airtime is on the disk before the radio is asked to send`() async throws {
    let run = try await RunningNode()
    let gate = Gate()
    run.radio.holdTransmissions(at: gate)
    let request = try Self.send([1, 2, 3, 4, 5])
    try await run.running {
      try await withThrowingTaskGroup { group in
        group.addTask { _ = await run.ask(request) }
        await gate.reached.wait()
        // What a node killed now would find at its next start.
        let store = LedgerStore(path: run.node.paths.ledger, clock: run.clock, report: { _ in })
        let saved = try await store.load(policy: run.node.pipeline.ledger.policy)
        #expect(saved.utilisation(at: run.clock.now).contains { $0.spent > .zero })
        gate.opened.open()
        try await group.waitForAll()
      }
    }
  }

  @Test func `radio.R8 a stop lets the transmission under way end, and counts it`() async throws {
    let run = try await RunningNode()
    let gate = Gate()
    run.radio.holdTransmissions(at: gate)
    let request = try Self.send([1, 2, 3, 4, 5])
    try await withThrowingTaskGroup { group in
      group.addTask { try await run.node.run() }
      group.addTask { _ = await run.ask(request) }
      await gate.reached.wait()
      run.node.stop()
      run.node.reload()
      run.node.stop()
      #expect(run.node.pipeline.isRunning)
      #expect(!run.hasSaid("Node stopped"))
      gate.opened.open()
      try await group.waitForAll()
    }
    #expect(run.radio.sent.count == 1)
    #expect(run.node.pipeline.snapshot().counters.sent == 1)
    #expect(run.hasSaid("Node stopped"))
    #expect(FileManager.default.fileExists(atPath: run.node.paths.ledger))
  }

  @Test func `radio.R8 it ends though the modem never answers`() async throws {
    let run = try await RunningNode()
    let gate = Gate()
    run.radio.holdTransmissions(at: gate)
    let request = try Self.send([1, 2, 3, 4, 5])
    try await withThrowingTaskGroup { group in
      group.addTask { try await run.node.run() }
      group.addTask { _ = await run.ask(request) }
      await gate.reached.wait()
      run.node.stop()
      while !run.hasSaid("Node stopped") {
        run.clock.advance(by: .milliseconds(100))
        await Task.yield()
      }
      gate.opened.open()
      try await group.waitForAll()
    }
    // Nobody knows whether it was on the air, so it counts.
    #expect(run.node.pipeline.snapshot().counters.unknown == 1)
    #expect(run.node.pipeline.snapshot().airtime.contains { $0.spent > .zero })
  }

  @Test func `it ends by itself after its time`() async throws {
    let run = try await RunningNode()
    try await withThrowingTaskGroup { group in
      group.addTask { try await run.node.run(for: .seconds(60)) }
      while !run.hasSaid("Node stopped") {
        run.clock.advance(by: .seconds(1))
        await Task.yield()
      }
      try await group.waitForAll()
    }
    #expect(run.clock.now >= Instant.origin.advanced(by: .seconds(60)))
  }

  @Test func `a part that fails for good ends it, with its cause, and state is saved`() async throws
  {
    let run = try await RunningNode()
    let error = await #expect(throws: NodeError.self) {
      try await run.running { run.radio.fail(ModemError(.disconnected, "the board is gone")) }
    }
    #expect(error?.kind == .unreachable)
    #expect(error?.what.contains("the board is gone") == true)
    #expect(FileManager.default.fileExists(atPath: run.node.paths.ledger))
  }

  @Test func `cancelling the run stops it, and state is saved all the same`() async throws {
    let run = try await RunningNode()
    let task = Task { try await run.node.run() }
    await run.said("Node started")
    let ledger = run.node.paths.ledger
    // It is saved once at the start, and then not before an interval of a clock that stands still.
    while !FileManager.default.fileExists(atPath: ledger) { await Task.yield() }
    try FileManager.default.removeItem(atPath: ledger)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(run.hasSaid("Node stopped"))
    #expect(FileManager.default.fileExists(atPath: ledger))
  }
}
