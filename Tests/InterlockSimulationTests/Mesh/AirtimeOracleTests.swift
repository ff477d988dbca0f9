import Interlock
import InterlockRadio
import TestSupport
import Testing

@testable import InterlockSimulation

@Suite(.tags(.simulation), .ownThread) struct AirtimeOracleTests {
  private func second(_ start: Int64, _ length: Int64 = 1) -> AirInterval {
    AirInterval(start: .milliseconds(start * 1_000), end: .milliseconds((start + length) * 1_000))
  }

  private let limit = RollingBudget.Limit(window: .seconds(10), allowance: .seconds(3))

  @Test func `parts of transmissions count as parts`() {
    let transmissions = [second(0, 4), second(20, 2)]
    let sum = AirtimeOracle.airtime(
      of: transmissions, in: .seconds(10), endingAt: .milliseconds(12_500))
    #expect(sum == .milliseconds(1_500))
    #expect(
      AirtimeOracle.airtime(of: transmissions, in: .seconds(10), endingAt: .milliseconds(20_500))
        == .milliseconds(500))
  }

  @Test func `exactly the allowance is no excess, a nanosecond more is one`() {
    #expect(AirtimeOracle.excess(in: [second(0), second(4), second(8)], of: limit) == nil)
    var longer = second(8)
    longer.end = longer.end.advanced(byNanoseconds: 1)
    #expect(AirtimeOracle.excess(in: [second(0), second(4), longer], of: limit) != nil)
  }

  @Test func `four within ten seconds are found wherever they lie`() {
    let spread = [second(0), second(3), second(6), second(9), second(30), second(60)]
    #expect(AirtimeOracle.excess(in: spread, of: limit)?.airtime == .seconds(4))
    let late = [second(0), second(30), second(60), second(63), second(66), second(69)]
    #expect(AirtimeOracle.excess(in: late, of: limit)?.airtime == .seconds(4))
    let legal = [second(0), second(3), second(6), second(10), second(13), second(16)]
    #expect(AirtimeOracle.excess(in: legal, of: limit) == nil)
  }

  @Test func `an overlap is found and touching is none`() {
    #expect(AirtimeOracle.overlap(in: [second(0), second(1), second(2)]) == nil)
    #expect(AirtimeOracle.overlap(in: [second(5), second(0, 6)]) != nil)
  }
}
