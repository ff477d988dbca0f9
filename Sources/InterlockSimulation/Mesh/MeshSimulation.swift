internal import Interlock
internal import InterlockMeshCore
public import InterlockRadio

/// A whole mesh over simulated hours: many repeaters and companions, real machines, one air.
///
/// ```swift
/// var mesh = MeshSimulation(plan, seed: 1)
/// mesh.run(for: .seconds(24 * 3600))
/// print(mesh.report())
/// ```
///
/// It is synchronous and pure: plan and seed decide everything, so that one run can be compared with
/// another by its digest.
public struct MeshSimulation: Sendable {
  private var world: MeshWorld

  /// Makes the mesh at its first instant.
  public init(_ plan: MeshPlan, seed: UInt64) {
    world = MeshWorld(plan, seed: seed)
  }

  /// Lets time pass.
  public mutating func run(for duration: Duration) {
    world.advance(to: world.now.advanced(by: duration))
  }

  /// What came of it so far; the oracles are asked anew each time.
  public func report() -> MeshReport {
    var report = world.report
    report.simulated = world.start.duration(to: world.now)
    report.air = world.medium.air.totals
    report.overlaps = world.medium.air.violationCount
    report.digest = world.medium.digest.value
    for (node, transmissions) in zip(world.nodes, world.medium.transmissions) {
      report.airtime.append(transmissions.reduce(.zero) { $0 + $1.duration })
      if AirtimeOracle.overlap(in: transmissions) != nil { report.overlaps += 1 }
      report.overBudget += world.plan.dutyCycle.limits.count {
        AirtimeOracle.excess(in: transmissions, of: $0) != nil
      }
      report.add(node)
    }
    return report
  }

  /// The transmissions of each radio, in order, for whoever wants to judge them.
  public var transmissions: [[AirInterval]] { world.medium.transmissions }
}

extension MeshReport {
  mutating func add(_ node: MeshNode) {
    repeatedRelays += node.repeatedRelays
    droppedByQueue += node.dropped
    longestQueue = max(longestQueue, node.longestQueue)
    guard let counters = node.counters else { return }
    relayed += Int(counters.relayedFlood + counters.relayedDirect)
    duplicates += Int(counters.duplicateFlood + counters.duplicateDirect)
  }
}
