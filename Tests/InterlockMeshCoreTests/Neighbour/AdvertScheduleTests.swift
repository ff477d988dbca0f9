import Interlock
import InterlockMeshCore
import Testing

@Suite struct AdvertScheduleTests {
  private func at(_ seconds: Int) -> Instant { Instant.origin.advanced(by: .seconds(seconds)) }

  @Test func `nothing is announced before a whole interval has passed`() throws {
    for seed in 0..<200 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let schedule = AdvertSchedule(
        zeroHopInterval: .seconds(120), floodInterval: .seconds(36_000), at: at(0),
        using: &generator)
      let first = try #require(schedule.nextDeadline)
      #expect(first >= at(120) && first <= at(132), "seed \(seed)")
    }
  }

  @Test func `when both are due the flood is sent, and both begin anew`() {
    var generator = SeededGenerator(seed: 1)
    var schedule = AdvertSchedule(
      zeroHopInterval: .seconds(100), floodInterval: .seconds(1000), at: at(0), using: &generator)
    let first = schedule.takeDue(at: at(2000), using: &generator)
    let second = schedule.takeDue(at: at(2000), using: &generator)
    #expect(first == .flood)
    #expect(second == nil)
    #expect(schedule.nextDeadline ?? at(0) >= at(2100))
  }

  @Test func `over a day announcements come once an interval, up to a tenth less often`() {
    var generator = SeededGenerator(seed: 9)
    var schedule = AdvertSchedule(
      zeroHopInterval: .seconds(600), floodInterval: .seconds(7200), at: at(0), using: &generator)
    var counts: [AdvertSchedule.Reach: Int] = [:]
    while let next = schedule.nextDeadline, next < at(86_400) {
      if let reach = schedule.takeDue(at: next, using: &generator) {
        counts[reach, default: 0] += 1
      }
    }
    #expect((130...144).contains(counts[.zeroHop] ?? 0))
    #expect((10...12).contains(counts[.flood] ?? 0))
  }

  @Test func `an interval of nil or no length announces nothing`() {
    var generator = SeededGenerator(seed: 1)
    let schedule = AdvertSchedule(
      zeroHopInterval: nil, floodInterval: .zero, at: at(0), using: &generator)
    #expect(schedule.nextDeadline == nil)
  }
}
