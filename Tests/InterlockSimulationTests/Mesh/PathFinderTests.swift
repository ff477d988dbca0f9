import InterlockRadio
import Testing

@testable import InterlockSimulation

@Suite struct PathFinderTests {
  private func finder(_ plan: MeshPlan) -> PathFinder {
    MeshWorld(plan, seed: 1).paths
  }

  @Test func `along a line the way is the line`() {
    let paths = finder(.line(repeaters: 4, modem: .narrow, dutyCycle: .unlimited))
    #expect(paths.relays(from: 4, to: 5, maximum: 8) == [0, 1, 2, 3])
    #expect(paths.relays(from: 5, to: 4, maximum: 8) == [3, 2, 1, 0])
    #expect(paths.relays(from: 4, to: 0, maximum: 8) == [])
    #expect(paths.relaysAround(4) == [0])
  }

  @Test func `a way longer than allowed is none`() {
    let paths = finder(.line(repeaters: 4, modem: .narrow, dutyCycle: .unlimited))
    #expect(paths.relays(from: 4, to: 5, maximum: 4) != nil)
    #expect(paths.relays(from: 4, to: 5, maximum: 3) == nil)
    #expect(paths.relays(from: 4, to: 4, maximum: 3) == nil)
  }

  @Test func `companions pass nothing on`() {
    var plan = MeshPlan.line(repeaters: 1, modem: .narrow, dutyCycle: .unlimited)
    plan.sites[0].role = .companion
    #expect(finder(plan).relays(from: 1, to: 2, maximum: 8) == nil)
  }
}
