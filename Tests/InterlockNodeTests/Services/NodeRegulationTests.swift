import InterlockMeshCore
import InterlockSystem
import TestSupport
import Testing

@testable import InterlockNode

@Suite(.ownThread, .timeLimit(.minutes(10))) struct NodeRegulationTests {
  private static let headline = "The radio is outside the rules of its band"

  /// How often the log of a node that has ended says something.
  private func count(_ text: String, in run: RunningNode) async throws -> Int {
    await run.node.log.flush(clock: run.clock)
    let log = try FileContents.read(run.folder.path + "/node.log", atMost: 1 << 16)
    return String(decoding: log, as: UTF8.self).split(separator: "\n")
      .count { $0.contains(text) }
  }

  @Test(
    arguments: [
      ("EU 433 long range", nil, 14, "14 dBm is more than the 10 dBm allowed on 433.05–434.79 MHz"),
      ("EU/UK narrow", 869.3, 14, "a part of the channel lies outside every sub-band"),
      ("EU/UK narrow", nil, 30, "30 dBm is more than the 27 dBm allowed on 869.4–869.65 MHz"),
    ] as [(String, Double?, Int, String)])
  func `a channel or power outside the rules is a warning at the start`(
    preset: String, frequency: Double?, power: Int, warning: String
  ) async throws {
    for model in DutyCycleSection.Model.allCases {
      let run = try await RunningNode {
        $0.radio.preset = preset
        $0.radio.frequencyMHz = frequency
        $0.radio.powerDBm = power
        $0.dutyCycle.model = model
      }
      try await run.running { await run.said(Self.headline) }
      #expect(try await count(warning, in: run) == 1)
    }
  }

  @Test func `a channel and power within the rules, or under other rules, are none`() async throws {
    let within = try await RunningNode()
    try await within.running {}
    #expect(!within.hasSaid(Self.headline))
    let other = try await RunningNode {
      $0.radio.powerDBm = 30
      $0.dutyCycle.region = .none
    }
    try await other.running {}
    #expect(!other.hasSaid(Self.headline))
  }

  @Test func `a reload warns when it changes the radio or the allowance, and then only`()
    async throws
  {
    let run = try await RunningNode()
    try await run.running {
      run.reload { $0.radio.powerDBm = 30 }
      await run.said("30 dBm is more")
      run.reload { $0.dutyCycle.antennaGainDB = 2.5 }
      await run.said("33 dBm is more")
      run.reload { $0.repeater.maximumFloodHops = 7 }
      run.reload { $0.node.ownerInfo = "it was read" }
      await run.said("node.ownerInfo")
    }
    #expect(try await count(Self.headline, in: run) == 2)
  }
}
