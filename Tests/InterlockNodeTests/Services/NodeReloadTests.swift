import Interlock
import InterlockRadio
import InterlockWire
import Testing

@testable import InterlockNode

@Suite(.timeLimit(.minutes(1))) struct NodeReloadTests {
  @Test func `a mode set during a reload stays, and so do the other changes`() async throws {
    let run = try await RunningNode()
    let gate = Gate()
    run.radio.holdSettings(at: gate)
    try await run.running {
      run.reload {
        $0.radio.powerDBm -= 1
        $0.node.mode = .monitor
        $0.repeater.maximumFloodHops = 7
      }
      await gate.reached.wait()
      let answer = await run.ask(["command": "mode", "mode": "no_tx"])
      #expect(answer["mode"]?.string == "no_tx")
      gate.opened.open()
      await run.said("Configuration reloaded")
      #expect(run.node.pipeline.snapshot().mode == .noTx)
      #expect(run.node.repeater.configuration.mode == .noTx)
      #expect(run.node.repeater.configuration.maximumFloodHops == 7)
    }
  }

  @Test func `a mode set before stays when the file says nothing else of it`() async throws {
    let run = try await RunningNode()
    try await run.running {
      _ = await run.ask(["command": "mode", "mode": "monitor"])
      run.reload { $0.repeater.maximumFloodHops = 7 }
      await run.said("Configuration reloaded")
      #expect(run.node.pipeline.snapshot().mode == .monitor)
      #expect(run.node.repeater.configuration.mode == .monitor)
    }
  }

  @Test func `a mode that changes in the file is put in force`() async throws {
    let run = try await RunningNode()
    try await run.running {
      run.reload { $0.node.mode = .noTx }
      await run.said("Configuration reloaded")
      #expect(run.node.pipeline.snapshot().mode == .noTx)
      #expect(run.node.repeater.configuration.mode == .noTx)
    }
  }
}
