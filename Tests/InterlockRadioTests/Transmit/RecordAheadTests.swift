import Interlock
import InterlockRadio
import InterlockSimulation
import TestSupport
import Testing

/// The account is where a crash does not reach it before the radio is asked to send.
@Suite(.tags(.race), .ownThread) struct RecordAheadTests {
  private static let policy = {
    var policy = TransmitPolicy()
    policy.recordLimit = .milliseconds(500)
    return policy
  }()

  /// A disk that takes its time, and what it was given.
  private final class Disk: Sendable {
    let clock: VirtualClock
    let delay: Duration
    let recorded = Guarded<[Duration]>([])

    init(_ clock: VirtualClock, takes delay: Duration) {
      self.clock = clock
      self.delay = delay
    }

    func write(_ ledger: AirtimeLedger) async {
      // Cancelled, the pipeline waits no longer; a real disk would finish all the same.
      try? await clock.sleep(for: delay)
      let usage = ledger.utilisation(at: clock.now)
      recorded.withLock { $0.append(usage.reduce(.zero) { $0 + $1.spent + $1.pending }) }
    }
  }

  @Test func `nothing is sent before the account with its airtime is recorded`() throws {
    try SeededScheduler.explore(seeds: Schedules.seeds(200)) { scheduler in
      let disk = Disk(scheduler.clock, takes: .milliseconds(300))
      let run = PipelineRun(
        scheduler, .minute(.seconds(10)), policy: Self.policy, record: { await disk.write($0) })
      try await run.running { run in
        let start = run.clock.now
        run.submit(request(1, on: run.clock))
        run.submit(request(2, on: run.clock))
        try await run.sleep(.seconds(2))
        try #require(run.modem.order == [1, 2])
        // A crash between the record and the end of the emission forgets nothing.
        try #require(disk.recorded.withLock { $0 } == [.shortFrame, .shortFrame * 2])
        let first = try #require(run.modem.log.transmissions.first)
        try #require(start.duration(to: first.start) >= .milliseconds(300))
      }
    }
  }

  @Test func `a disk that does not answer holds a transmission up for the limit only`() throws {
    try SeededScheduler.explore(seeds: Schedules.seeds(200)) { scheduler in
      let disk = Disk(scheduler.clock, takes: .seconds(3600))
      let run = PipelineRun(
        scheduler, .minute(.seconds(10)), policy: Self.policy, record: { await disk.write($0) })
      try await run.running { run in
        let start = run.clock.now
        run.submit(request(1, on: run.clock))
        try await run.sleep(.seconds(1))
        let first = try #require(run.modem.log.transmissions.first)
        try #require(start.duration(to: first.start) == .milliseconds(500))
      }
    }
  }

  @Test
  func `cancelled while it is recorded a packet is not sent, not debited, and the next one is`()
    throws
  {
    try SeededScheduler.explore(seeds: Schedules.seeds(200)) { scheduler in
      let disk = Disk(scheduler.clock, takes: .milliseconds(100))
      let run = PipelineRun(
        scheduler, .minute(.milliseconds(150)), policy: Self.policy,
        record: { await disk.write($0) })
      try await run.running { run in
        let submission = run.submit(request(1, on: run.clock))
        guard case .accepted(let id) = submission else {
          Issue.record("not taken: \(submission)")
          return
        }
        try await run.sleep(.milliseconds(50))
        run.pipeline.cancel(id)
        try #require(run.result(1) == .dropped(.cancelled))
        // Only one of the two fits into the allowance.
        run.submit(request(2, on: run.clock))
        try await run.sleep(.seconds(1))
        try #require(run.modem.order == [2])
      }
    }
  }
}
