import Interlock
import InterlockMeshCore
import InterlockRadio
import Testing

@Suite struct DelayDrawTests {
  @Test func `radio.P9 delays are uniform inside their window, whenever a packet arrives`() throws {
    let seed: UInt64 = 20_261
    let node = RepeaterFixture(seed: seed)
    var draws: [Int64] = []
    var window: DelayWindow?
    var early = 0
    for index in 0..<100_000 {
      let payload = (0..<8).map { UInt8(truncatingIfNeeded: index >> ($0 * 8)) }
      #expect(node.hear(RepeaterFixture.flood(payload, path: [1])) == .relayed)
      let frame = try #require(node.sent().first)
      #expect(window == nil || window == frame.window)
      window = frame.window
      draws.append(frame.delayMicroseconds)
      // The second half arrives at other times: the same source, the same law.
      if index == 50_000 { node.now = node.now.advanced(by: .seconds(12_345)) }
      if frame.delayMicroseconds * 2 < frame.window.maximumMicroseconds { early += 1 }
    }
    let maximum = try #require(window).maximumMicroseconds
    #expect(draws.allSatisfy { (0...maximum).contains($0) })
    // χ² over 100 bins, 99 degrees of freedom: 148.2 is exceeded with probability 0.001.
    for half in [draws[..<50_000], draws[50_000...], draws[...]] {
      var bins = [Double](repeating: 0, count: 100)
      for draw in half { bins[Int(draw * 100 / (maximum + 1))] += 1 }
      let expected = Double(half.count) / 100
      let chi = bins.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
      #expect(chi < 148.2, "seed \(seed)")
    }
    #expect(abs(early - 50_000) < 700, "seed \(seed)")
  }

  @Test func `a well heard packet goes sooner where the policy says so`() throws {
    let plain = RepeaterFixture(seed: 4)
    let scored = RepeaterFixture(seed: 4) { $0.delays.usesScoreForTransmit = true }
    let packet = RepeaterFixture.flood([UInt8](repeating: 1, count: 50))
    _ = plain.hear(packet)
    _ = scored.hear(packet)
    let drawn = try #require(plain.sent().first).delayMicroseconds
    let shortened = try #require(scored.sent().first).delayMicroseconds
    let score = ReceptionQuality.score(snrQuarterDB: 40, spreadingFactor: 8, frameBytes: 52)
    #expect(shortened == Int64(Double(drawn) * max(0.2, 1 - score)))
  }
}
