import Interlock
import InterlockRadio
import InterlockSimulation
import Testing

@Suite(.tags(.slow)) struct SaturationTests {
  /// One percent of an hour, and never a lack of direct packets of 50 bytes.
  @Test
  func `at one percent under endless traffic the allowance is used to 99 % and never exceeded`()
    throws
  {
    let hours = 6
    let frames = try SeededScheduler.run(seed: 1, stepLimit: 20_000_000) { scheduler in
      var policy = TransmitPolicy()
      policy.maximumAge = .seconds(4000)  // nobody gives up waiting
      let run = PipelineRun(
        scheduler, .hourly(permille: 10), policy: policy)
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
      return run.modem.log.transmissions
    }
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
}
