import Interlock
import InterlockMeshCore
import InterlockRadio
import TestSupport
import Testing

@testable import InterlockSimulation

@Suite(.tags(.simulation), .ownThread) struct MeshSimulationTests {
  static let hour = Duration.seconds(3600)

  /// Twenty repeaters and twelve people who talk a lot.
  private func town(seed: UInt64, permille: Int = 100, traffic: Double = 1) -> MeshPlan {
    var plan = MeshPlan.town(
      repeaters: 20, companions: 12, modem: .narrow, dutyCycle: .hourly(permille: permille),
      seed: seed)
    plan.traffic = plan.traffic.scaled(by: traffic)
    return plan
  }

  @Test(arguments: 0..<5 as Range<UInt64>)
  func `no radio sends twice at once, exceeds its allowance or relays a packet twice`(seed: UInt64)
  {
    var mesh = MeshSimulation(town(seed: seed), seed: seed)
    mesh.run(for: Self.hour)
    let report = mesh.report()
    #expect(report.overlaps == 0, "seed \(seed)")
    #expect(report.overBudget == 0, "seed \(seed)")
    #expect(report.repeatedRelays == 0, "seed \(seed)")
    #expect(report.longestQueue <= 64, "seed \(seed)")
    #expect(report.relayed > 1_000, "seed \(seed) tests nothing")
    #expect(report.air.collided > 0 && report.air.deaf > 0, "seed \(seed) tests nothing")
    #expect(report.group.arrived <= report.group.expected, "seed \(seed)")
    #expect(report.direct.arrived <= report.direct.sent, "seed \(seed)")
  }

  @Test(arguments: 0..<2 as Range<UInt64>)
  func `an allowance far too small is kept all the same, and used`(seed: UInt64) {
    var mesh = MeshSimulation(town(seed: seed, permille: 2, traffic: 2), seed: seed)
    mesh.run(for: .seconds(3 * 3600))
    let report = mesh.report()
    #expect(report.overBudget == 0, "seed \(seed)")
    #expect(report.overlaps == 0, "seed \(seed)")
    #expect(report.droppedByQueue > 0, "seed \(seed) tests nothing")
    // 2 permille of three hours, shares of kinds left aside.
    let most = report.airtime.max() ?? .zero
    #expect(most > .seconds(3 * 5), "seed \(seed)")
    #expect(most <= .seconds(4 * 7.2), "seed \(seed)")
  }

  @Test func `one seed gives one course of events, another a different one`() {
    func digest(_ seed: UInt64) -> UInt64 {
      var mesh = MeshSimulation(town(seed: 1), seed: seed)
      mesh.run(for: .seconds(1200))
      return mesh.report().digest
    }
    #expect(digest(5) == digest(5))
    #expect(digest(5) != digest(6))
  }

  @Test func `it makes no difference in which steps time passes`() {
    var atOnce = MeshSimulation(town(seed: 2), seed: 2)
    atOnce.run(for: .seconds(1800))
    var inSteps = MeshSimulation(town(seed: 2), seed: 2)
    for _ in 0..<1800 { inSteps.run(for: .seconds(1)) }
    #expect(atOnce.report() == inSteps.report())
  }

  @Test(arguments: [1, 5, 12])
  func `along a line every message to all arrives at the other end`(repeaters: Int) {
    var plan = MeshPlan.line(
      repeaters: repeaters, modem: .narrow, dutyCycle: .hourly(permille: 100))
    plan.traffic = .silence
    // One at a time: at most one every four minutes on average, over ten days.
    plan.traffic.groupMessagesPerDay = 20
    var mesh = MeshSimulation(plan, seed: 9)
    mesh.run(for: .seconds(10 * 86_400))
    let report = mesh.report()
    #expect(report.group.sent > 100)
    // Two people may speak within the same minute; nothing else can go wrong on a line.
    #expect(report.group.ratio > 0.98)
    #expect(report.repeatedRelays == 0)
    #expect(report.air.sent >= report.group.arrived * (repeaters + 1))
  }

  @Test func `along a line direct messages arrive, are acknowledged, and probes come back`() {
    var plan = MeshPlan.line(repeaters: 3, modem: .narrow, dutyCycle: .hourly(permille: 100))
    plan.traffic = .silence
    plan.traffic.directMessagesPerDay = 100
    plan.traffic.tracesPerDay = 20
    var mesh = MeshSimulation(plan, seed: 4)
    mesh.run(for: .seconds(5 * 86_400))
    let report = mesh.report()
    #expect(report.direct.sent > 200)
    #expect(report.traces.sent > 50)
    #expect(report.direct.ratio > 0.97)
    #expect(report.acknowledgements.ratio > 0.97)
    #expect(report.traces.ratio > 0.95)
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `each transmission ends at each radio in reach in one way`(seed: UInt64) {
    var mesh = MeshSimulation(town(seed: seed), seed: seed)
    mesh.run(for: Self.hour)
    let air = mesh.report().air
    // Those still on the air at the end have reached their radios and not ended there.
    #expect(air.reached >= air.ended, "seed \(seed)")
    #expect(air.reached - air.ended < 32 * 32, "seed \(seed)")
  }

  @Test func `silence is silent`() {
    var plan = town(seed: 1)
    plan.traffic = .silence
    var mesh = MeshSimulation(plan, seed: 1)
    mesh.run(for: .seconds(86_400))
    #expect(mesh.report().air.sent == 0)
  }
}
