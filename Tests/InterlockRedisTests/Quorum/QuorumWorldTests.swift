import Interlock
import InterlockLocks
import TestSupport
import Testing

@testable import InterlockRedis

/// Random interleavings of everything that can go wrong between clients and servers that vote.
@Suite(.tags(.property), .ownThread, .serialized, .timeLimit(.minutes(10))) struct QuorumWorldTests
{
  @Test(arguments: [(3, false), (5, false), (3, true), (5, true)])
  func `locks.M2 F16 at most one holder may use a lock, fences grow, and nothing is left behind`(
    _ servers: Int, _ isPersistent: Bool
  ) {
    var grants = 0
    let seeds = Schedules.count(8)
    for seed in 0..<UInt64(seeds) {
      var world = QuorumWorld(
        servers: servers, clients: 3, isPersistent: isPersistent, seed: seed)
      world.run(for: .seconds(30))
      #expect(
        world.faults.isEmpty, "seed \(seed):\n\(world.journal.joined(separator: "\n"))")
      guard world.faults.isEmpty else { return }
      grants += world.grants
    }
    // Worlds in which nobody is ever granted anything prove nothing.
    #expect(grants > 5 * seeds)
    print("locks.M2: \(grants) grants of \(servers) servers")
  }
}
