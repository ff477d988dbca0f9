import Interlock
import InterlockLabTesting
import InterlockRadio
import TestSupport
import Testing

@Suite(.tags(.slow), .ownThread) struct SaturationTests {
  /// One percent of an hour, and never a lack of direct packets of 50 bytes.
  @Test(.explored(.oneLong))
  func `at one percent under endless traffic the allowance is used to 99 % and never exceeded`()
    async throws
  {
    let hours = 6
    var policy = TransmitPolicy()
    policy.maximumAge = .seconds(4000)  // nobody gives up waiting
    let run = PipelineRun(.hourly(permille: 10), policy: policy)
    try await run.running { run in
      let end = Instant.origin.advanced(by: .seconds(3600 * hours))
      var number = 0
      while run.clock.now < end {
        while run.pipeline.snapshot().pending < 8 {
          run.submit(request(number, bytes: 50, on: run.clock))
          number += 1
        }
        try await run.sleep(.milliseconds(500))
      }
    }
    let frames = run.modem.log.transmissions
    let allowance = Duration.seconds(36)
    let hour = Duration.seconds(3600)
    func airtime(from start: Instant, to end: Instant) -> Duration {
      frames.reduce(.zero) { sum, frame in
        let overlap = max(start, frame.start).duration(to: min(end, frame.end ?? frame.start))
        return sum + max(.zero, overlap)
      }
    }
    for index in 0..<hours {
      let used = airtime(
        from: Instant.origin.advanced(by: hour * index),
        to: Instant.origin.advanced(by: hour * (index + 1)))
      #expect(used >= allowance * 99 / 100, "hour \(index): \(used)")
    }
    for frame in frames {
      let end = frame.end ?? frame.start
      let used = airtime(from: end.advanced(by: .zero - hour), to: end)
      #expect(used <= allowance, "the hour before \(end): \(used)")
    }
  }

  @Test(.explored(.oneLong))
  func `radio.Q8 ten thousand frames a second leave reception free and the queue bounded`()
    async throws
  {
    let run = PipelineRun()
    let heard = Shared(0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await run.modem.run { _ in heard.withLock { $0 += 1 } } }
      try await run.running { run in
        for tick in 0..<10_000 {
          for number in tick * 10..<tick * 10 + 10 {
            run.submit(request(number, number % 3 == 0 ? .direct : .flood, on: run.clock))
          }
          let snapshot = run.pipeline.snapshot()
          try #require(snapshot.delayed + snapshot.ready <= TransmitPolicy().capacity)
          try #require(snapshot.isConserved)
          try await run.sleep(.milliseconds(1))
        }
        // Submitting takes no time, so ten seconds are ten seconds, and none was missed.
        try #require(run.clock.now == .origin.advanced(by: .seconds(10)))
        try #require(heard.value == 10_000 / 7)
        let counters = run.pipeline.snapshot().counters
        try #require(counters.accepted + counters.refused.total == 100_000)
        try #require(counters.refused[.queueFull] + counters.dropped[.queueFull] > 90_000)
      }
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
    #expect(run.modem.log.transmissions.count > 80)
  }
}
