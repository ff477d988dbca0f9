import Interlock
import InterlockLabTesting
import InterlockRadio
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
    let clock = Stopwatch()
    let delay: Duration
    let recorded = Guarded<[Duration]>([])

    init(takes delay: Duration) {
      self.delay = delay
    }

    func write(_ ledger: AirtimeLedger) async {
      // Cancelled, the pipeline waits no longer; a real disk would finish all the same.
      try? await clock.sleep(for: delay)
      let usage = ledger.utilisation(at: clock.now)
      recorded.withLock { $0.append(usage.reduce(.zero) { $0 + $1.spent + $1.pending }) }
    }
  }

  @Test(.explored(.many(200)))
  func `nothing is sent before the account with its airtime is recorded`() async throws {
    let disk = Disk(takes: .milliseconds(300))
    let run = PipelineRun(
      .minute(.seconds(10)), policy: Self.policy, record: { await disk.write($0) })
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

  /// The modem sends up to its deadline late, after the channel was busy for a while.
  @Test(.explored(.many(200)))
  func `radio.D8 killed at any instant, a node has counted what is on the air as long as it is`()
    async throws
  {
    let timing = ModemTiming(sendDeadline: .listeningModem)
    let clock = Stopwatch()
    let free = Instant.origin.advanced(by: .milliseconds(choose(6001)))
    let late = Duration.milliseconds(choose(4801))
    let files = Shared([[UInt8]]())
    let moment = { @Sendable in
      AirtimeLedgerSnapshot.Moment(instant: clock.now, wallClockNanoseconds: 0, boot: 1)
    }
    let modem = ScriptedModem(
      clock, timing: timing, channel: { $0 < free ? .busy : .clear },
      script: { _, _ in .sendsLate(after: late + .shortFrame) })
    let policy = DutyCyclePolicy.minute(.seconds(10))
    let run = PipelineRun(
      policy, policy: Self.policy, modem: modem,
      record: { ledger in
        let bytes = AirtimeLedgerSnapshot(of: ledger, at: moment()).encoded()
        files.withLock { $0.append(bytes) }
      })
    try await run.running { run in
      for number in 1...3 { run.submit(request(number, on: clock)) }
      try await run.sleep(.seconds(30))
      // Each file is what a kill leaves behind until the next one is written.
      let (files, transmissions) = (files.value, run.modem.log.transmissions)
      try #require(files.count == 3 && transmissions.count == 3)
      for (index, file) in files.enumerated() {
        let (restored, _) = AirtimeLedger.restoring(policy: policy, from: file, at: moment())
        let sent = transmissions.prefix(index + 1).compactMap(\.end)
        for end in sent {
          // At every length of the window, what ended in it is in it.
          let window = end.duration(to: clock.now) + .shortFrame
          let count = sent.filter { $0 >= end }.count
          try #require(
            restored.airtime(inLast: window, at: clock.now) >= .shortFrame * count)
        }
      }
    }
  }

  @Test(.explored(.many(100)))
  func `radio.D8 a saved account keeps what is under way as long as the account itself`()
    async throws
  {
    let clock = Stopwatch()
    let saved = Shared([UInt8]())
    let moment = { @Sendable in
      AirtimeLedgerSnapshot.Moment(instant: clock.now, wallClockNanoseconds: 0, boot: 1)
    }
    // Everything takes as long as it can: the disk, the channel, and the modem, which is never
    // known to be quiet.
    let modem = ScriptedModem(
      clock, timing: ModemTiming(sendDeadline: .listeningModem), listenTime: .milliseconds(900),
      channel: { _ in .receiving }, script: { _, _ in .neverReturns })
    let policy = DutyCyclePolicy.minute(.seconds(10))
    let run = PipelineRun(
      policy, policy: Self.policy, modem: modem,
      record: { ledger in
        let bytes = AirtimeLedgerSnapshot(of: ledger, at: moment()).encoded()
        saved.withLock { $0 = bytes }
        // Cancelled, the pipeline waits no longer.
        try? await clock.sleep(for: .seconds(3600))
      })
    try await run.running { run in
      run.submit(request(1, on: clock))
      try await run.sleep(.seconds(8))
      try #require(run.modem.order == [1])
    }
    let account = run.pipeline.ledger
    try #require(account.totals.unknownCount == 1)
    let (restored, _) = AirtimeLedger.restoring(policy: policy, from: saved.value, at: moment())
    for step in 0..<100 {
      let now = clock.now.advanced(by: .milliseconds(100 * step))
      let (kept, counted) = (
        restored.airtime(inLast: .seconds(1), at: now),
        account.airtime(inLast: .seconds(1), at: now)
      )
      try #require(kept >= counted, "\(step)")
    }
  }

  @Test(.explored(.many(200)))
  func `a disk that does not answer holds a transmission up for the limit only`() async throws {
    let disk = Disk(takes: .seconds(3600))
    let run = PipelineRun(
      .minute(.seconds(10)), policy: Self.policy, record: { await disk.write($0) })
    try await run.running { run in
      let start = run.clock.now
      run.submit(request(1, on: run.clock))
      try await run.sleep(.seconds(1))
      let first = try #require(run.modem.log.transmissions.first)
      try #require(start.duration(to: first.start) == .milliseconds(500))
    }
  }

  @Test(.explored(.many(200)))
  func `cancelled while it is recorded a packet is not sent, not debited, and the next one is`()
    async throws
  {
    let disk = Disk(takes: .milliseconds(100))
    let run = PipelineRun(
      .minute(.milliseconds(150)), policy: Self.policy,
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
      // What the first one's record says when it is given up is nothing to the second.
      let start = run.modem.log.transmissions.first?.start
      try #require(start == .origin.advanced(by: .milliseconds(150)))
    }
  }
}
