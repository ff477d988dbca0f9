import Interlock
import TestSupport
import Testing

@testable import InterlockMeshCore

@Suite struct PenaltyBoxTests {
  private static let penalty = AdvertPenalty(
    threshold: 2, base: .seconds(60), factor: 2, maximum: .seconds(200), decay: .seconds(500))

  private let node = KeyPrefix([7])

  private func at(_ seconds: Int64, _ nanoseconds: Int64 = 0) -> Instant {
    Instant(nanoseconds: seconds * 1_000_000_000 + nanoseconds)
  }

  private static func key(_ number: Int) -> KeyPrefix {
    KeyPrefix([1, UInt8(number >> 8), UInt8(number & 0xFF)])
  }

  @Test func `the second excess bars, to the nanosecond`() {
    var box = PenaltyBox(Self.penalty)
    box.noteExcess(of: node, at: at(0))
    #expect(!box.isBarred(node, at: at(0)))
    #expect(box.barredCount(at: at(0)) == 0)
    box.noteExcess(of: node, at: at(10))
    #expect(box.isBarred(node, at: at(10)))
    #expect(!box.isBarred(KeyPrefix([8]), at: at(10)))
    #expect(box.barredCount(at: at(10)) == 1)
    #expect(box.isBarred(node, at: at(70, -1)))
    #expect(!box.isBarred(node, at: at(70)))
    #expect(box.barredCount(at: at(70)) == 0)
  }

  @Test func `each further bar takes as many excesses and is longer, up to the maximum`() {
    var box = PenaltyBox(Self.penalty)
    var now: Int64 = 0
    for length: Int64 in [60, 120, 200, 200, 200] {
      box.noteExcess(of: node, at: at(now))
      #expect(!box.isBarred(node, at: at(now)))
      box.noteExcess(of: node, at: at(now))
      now += length
      #expect(box.isBarred(node, at: at(now, -1)), "\(length) s")
      #expect(!box.isBarred(node, at: at(now)), "\(length) s")
    }
  }

  @Test func `an excess is forgotten after the decay, to the nanosecond`() {
    for (nanoseconds, isBarred): (Int64, Bool) in [(-1, true), (0, false)] {
      var box = PenaltyBox(Self.penalty)
      box.noteExcess(of: node, at: at(0))
      box.noteExcess(of: node, at: at(500, nanoseconds))
      #expect(box.isBarred(node, at: at(500)) == isBarred)
    }
  }

  @Test func `after a bar and the decay the next one is short again`() {
    for (nanoseconds, length): (Int64, Int64) in [(-1, 120), (0, 60)] {
      var box = PenaltyBox(Self.penalty)
      for _ in 0..<2 { box.noteExcess(of: node, at: at(0)) }
      let next = at(60 + 500, nanoseconds)
      for _ in 0..<2 { box.noteExcess(of: node, at: next) }
      let end = next.advanced(by: .seconds(length))
      #expect(box.isBarred(node, at: end.advanced(byNanoseconds: -1)))
      #expect(!box.isBarred(node, at: end))
    }
  }

  @Test(.tags(.property), arguments: 0..<100 as Range<UInt64>)
  func `bars grow by the factor, never beyond the maximum nor below the base`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    let base = Int.random(in: 1...1000, using: &random)
    let factor = Int.random(in: 1...10, using: &random)
    let maximum = base + Int.random(in: 0...100_000, using: &random)
    let penalty = AdvertPenalty(
      threshold: 1, base: .seconds(base), factor: Double(factor), maximum: .seconds(maximum))
    var last: Duration?
    var expected = base
    for _ in 0..<20 {
      last = penalty.bar(after: last)
      #expect(last == .seconds(expected), "seed \(seed)")
      expected = min(expected * factor, maximum)
    }
  }

  @Test func `a factor beyond all measure leads to the maximum`() {
    let penalty = AdvertPenalty(base: .seconds(1), factor: .infinity, maximum: .seconds(5))
    #expect(penalty.bar(after: .seconds(1)) == .seconds(5))
  }

  @Test func `nobody who is barred, or was, is let off for the sake of keys that never were`() {
    var box = PenaltyBox(Self.penalty)
    for _ in 0..<2 { box.noteExcess(of: node, at: at(0)) }
    let was = KeyPrefix([9])
    for _ in 0..<2 { box.noteExcess(of: was, at: at(-60)) }
    for number in 0..<5000 { box.noteExcess(of: Self.key(number), at: at(1)) }
    #expect(box.isBarred(node, at: at(59)))
    #expect(box.barredCount(at: at(59)) == 1)
    // It is still known that this one was barred: the next bar is the second.
    for _ in 0..<2 { box.noteExcess(of: was, at: at(59)) }
    #expect(box.isBarred(was, at: at(59 + 119)))
  }

  @Test func `where all are barred a newcomer is not, and nobody is let out`() {
    var box = PenaltyBox(Self.penalty)
    for number in 0..<PenaltyBox.capacity {
      for _ in 0..<2 { box.noteExcess(of: Self.key(number), at: at(0)) }
    }
    for _ in 0..<2 { box.noteExcess(of: node, at: at(1)) }
    #expect(!box.isBarred(node, at: at(1)))
    #expect(box.barredCount(at: at(59)) == PenaltyBox.capacity)
    // As soon as their bars end there is room.
    for _ in 0..<2 { box.noteExcess(of: node, at: at(60)) }
    #expect(box.isBarred(node, at: at(60)))
  }

  @Test(.tags(.property), arguments: 0..<20 as Range<UInt64>)
  func `nobody is let out before the time, however many come`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    // Some boxes fill with who is barred, some with who is not yet.
    var box = PenaltyBox(
      AdvertPenalty(
        threshold: Int.random(in: 1...2, using: &random),
        base: .seconds(Int.random(in: 20...200, using: &random)), decay: .seconds(500)))
    var until: [KeyPrefix: Instant] = [:]
    var now = Instant.origin
    for step in 0..<4000 {
      now = now.advanced(by: .milliseconds(Int.random(in: 0...200, using: &random)))
      let node = Self.key(Int.random(in: 0..<1500, using: &random))
      if !box.isBarred(node, at: now), let length = box.noteExcess(of: node, at: now) {
        until[node] = now.advanced(by: length)
      }
      until = until.filter { now < $0.value }
      #expect(box.barredCount(at: now) == until.count, "seed \(seed), step \(step)")
      #expect(box.isBarred(node, at: now) == (until[node] != nil), "seed \(seed), step \(step)")
    }
  }

  @Test func `of those that were never barred the one whose excess is longest ago makes room`() {
    var box = PenaltyBox(Self.penalty)
    for number in 0..<PenaltyBox.capacity {
      box.noteExcess(of: Self.key(number), at: at(Int64(number) % 100 + 1))
    }
    box.noteExcess(of: node, at: at(110))
    // Numbers 0, 100, …: one of them went, the first.
    box.noteExcess(of: Self.key(1), at: at(111))
    #expect(box.isBarred(Self.key(1), at: at(111)))
    box.noteExcess(of: Self.key(0), at: at(112))
    #expect(!box.isBarred(Self.key(0), at: at(112)))
  }
}
