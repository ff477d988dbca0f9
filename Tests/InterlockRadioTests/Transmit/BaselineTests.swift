import Interlock
import InterlockLabTesting
import InterlockRadio
import TestSupport
import Testing

/// The eight baseline tests, on the whole pipeline.
@Suite(.tags(.race), .ownThread) struct BaselineTests {
  @Test(.explored(.many()))
  func `radio.T1 two packets due together and a settings change have the radio one by one`()
    async throws
  {
    let modem = ScriptedModem(listenTime: .milliseconds(20), applyTime: { _ in .milliseconds(70) })
    try await PipelineRun(modem: modem).running { run in
      let due = run.clock.now.advanced(by: .milliseconds(500))
      run.submit(request(1, .flood, delay: .milliseconds(500), on: run.clock))
      run.submit(request(2, .flood, delay: .milliseconds(500), on: run.clock))
      // From before they are due until both have been sent.
      try await run.sleep(.milliseconds(400 + choose(400)))
      try await run.pipeline.apply(ModemSettings(lora: .narrow, transmitPowerDBm: 3))
      try await run.sleep(.seconds(2))
      // That no two calls to the modem overlapped is checked in every run.
      let (log, short) = (run.modem.log, Duration.shortFrame)
      try #require(log.transmissions.map(\.number) == [1, 2])
      try #require(log.settings.count == 1)
      try #require(run.result(1) == .sent && run.result(2) == .sent)
      let gap = log.transmissions[0].start.duration(to: log.transmissions[1].start)
      try #require([short + .milliseconds(20), short + .milliseconds(90)].contains(gap))
      try #require(log.transmissions[0].start >= due.advanced(by: .milliseconds(20)))
    }
  }

  @Test(.explored(.many()), arguments: [(150, [1], 111_104), (50, [], 0)])
  func `radio.T2 the gate lets through what fits and no more`(
    allowance: Int, sent: [Int], microseconds: Int
  ) async throws {
    var policy = TransmitPolicy()
    policy.checksOnScheduling = allowance > 111
    let chosen = policy
    try await PipelineRun(.minute(.milliseconds(allowance)), policy: chosen)
      .running { run in
        await withTaskGroup(of: Void.self) { group in
          for number in 1...2 {
            group.addTask {
              run.submit(request(number, .flood, delay: .milliseconds(500), on: run.clock))
            }
          }
        }
        try #require(run.pipeline.snapshot().counters.accepted == 2, "both pass the advice")
        try await run.sleep(.seconds(5))
        try #require(run.modem.order.count == sent.count)
        let snapshot = run.pipeline.snapshot()
        let never = snapshot.counters.dropped[.exceedsWindow]
        try #require(snapshot.counters.dropped[.dutyCycleGate] + never == UInt64(2 - sent.count))
        try #require(never == (sent.isEmpty ? 2 : 0))
        try #require(snapshot.airtimeTotals.sent == .microseconds(microseconds))
        try #require(snapshot.airtime.first?.spent == .microseconds(microseconds))
      }
  }

  @Test(.explored(.many(100)))
  func `radio.T3 after a failed send the account is untouched and the next packet goes`()
    async throws
  {
    let modem = ScriptedModem(script: { number, _ in
      number == 1 ? .refuses(after: .milliseconds(30)) : .sends
    })
    try await PipelineRun(.minute(.milliseconds(200)), modem: modem).running { run in
      run.submit(request(1, on: run.clock))
      try await run.sleep(.seconds(1))
      try #require(run.result(1) == .failed(refusal))
      let snapshot = run.pipeline.snapshot()
      try #require(snapshot.airtimeTotals.sent == .zero)
      try #require(snapshot.airtime.first?.spent == .zero)
      try #require(snapshot.airtime.first?.pending == .zero)
      try #require(
        run.told.events.contains { $0.message == "Retransmit failed" && $0.level == .error })
      run.submit(request(2, on: run.clock))
      try await run.sleep(.seconds(1))
      try #require(run.result(2) == .sent)
    }
  }

  @Test(.explored(.many(100))) func `radio.T4 a packet without allowance starts nothing`()
    async throws
  {
    try await PipelineRun(.minute(.zero)).running { run in
      try await run.sleep(.seconds(1))
      try #require(run.submit(request(1, .flood, on: run.clock)) == .refused(.dutyCycleAdvisory))
      try #require(run.pipeline.snapshot().pending == 0)
      try await run.sleep(.seconds(1))
      // The consumer looked once, and set no timer: only this body slept.
      try #require(run.told.reports.isEmpty)
      try #require(run.modem.order == [])
    }
  }

  @Test(.explored(.many())) func `radio.T5 five floods go out one after the other in due order`()
    async throws
  {
    try await PipelineRun().running { run in
      let delays = [1900, 1200, 1200, 1000, 1950]
      for (number, delay) in delays.enumerated() {
        run.submit(
          request(
            number, .flood, priority: number == 2 ? 1 : 2,
            delay: .milliseconds(delay - 20 * number), bytes: 20, on: run.clock))
        try await run.sleep(.milliseconds(20))
      }
      try await run.sleep(.seconds(10))
      // 1 and 2 are due together: the more urgent one first.
      try #require(run.modem.order == [3, 2, 1, 0, 4])
      let reports = run.told.order.compactMap { run.told.reports[$0]?.first }
      try #require(
        reports.count == 5 && reports.allSatisfy { $0.result == .sent && $0.airtime > .zero })
      let sum = reports.reduce(Duration.zero) { $0 + $1.airtime }
      try #require(run.pipeline.snapshot().airtimeTotals.sent == sum)
      try #require(sum == LoRaSettings.narrow.airtime(ofBytes: 20) * 5)
      try #require(run.warnings == [])
    }
  }

  @Test(.explored(.many()))
  func `radio.T6 of ten packets the four that fit are sent, and the gate says so`() async throws {
    var policy = TransmitPolicy()
    policy.checksOnScheduling = false
    let chosen = policy
    try await PipelineRun(.minute(.milliseconds(500)), policy: chosen).running { run in
      for number in 0..<10 {
        run.submit(request(number, .flood, delay: .milliseconds(10 * number), on: run.clock))
      }
      for _ in 0..<30 {
        try await run.sleep(.milliseconds(50))
        let usage = run.pipeline.snapshot().airtime.first
        try #require((usage?.utilization ?? 2) <= 1)
      }
      try #require(run.modem.order == [0, 1, 2, 3])
      let gateLines = run.told.events.filter {
        "\($0)".contains("duty-cycle exceeded stage=gate")
          || "\($0)".contains("duty-cycle exceeded")
      }
      try #require(gateLines.count == 6 && gateLines.allSatisfy { $0.level == .warning })
      try #require(run.pipeline.snapshot().airtimeTotals.sent == .shortFrame * 4)
    }
  }

  @Test(.explored(.many(10)))
  func `radio.T7 one packet every five seconds leaves no warning and no wait`() async throws {
    try await PipelineRun(.minute(.seconds(3))).running { run in
      for number in 0..<120 {
        run.submit(request(number, .flood, on: run.clock))
        try await run.sleep(.seconds(5))
      }
      try #require(run.warnings == [])
      try #require(run.modem.order == Array(0..<120))
      for transmission in run.modem.log.transmissions {
        try #require(
          transmission.start == Instant.origin.advanced(by: .seconds(5 * transmission.number)))
      }
      try #require(run.pipeline.snapshot().airtimeTotals.sent == .shortFrame * 120)
    }
  }

  @Test(.explored(.many(200)))
  func `radio.T8 between two attempts of a local packet another is sent`() async throws {
    let modem = ScriptedModem(script: { number, attempt in
      number == 1 && attempt == 1 ? .refuses(after: .milliseconds(40)) : .sends
    })
    try await PipelineRun(modem: modem).running { run in
      async let report = run.pipeline.transmit(request(1, origin: .local, on: run.clock))
      try await run.sleep(.milliseconds(400))
      run.submit(request(2, on: run.clock))
      let attempts = try await report.attempts
      try #require(attempts == 2)
      try #require(run.modem.order == [1, 2, 1])
      let starts = run.modem.log.transmissions.map(\.start)
      try #require(starts[2] == starts[0].advanced(by: .milliseconds(1040)))
      try #require(run.pipeline.snapshot().airtimeTotals.sentCount == 2)
    }
  }

  @Test(.explored(.many(100))) func `radio.T8 the gate is asked again before the second attempt`()
    async throws
  {
    let modem = ScriptedModem(script: { number, attempt in
      number == 1 && attempt == 1 ? .refuses(after: .zero) : .sends
    })
    try await PipelineRun(.minute(.milliseconds(150)), modem: modem).running { run in
      var own = request(1, origin: .local, on: run.clock)
      own.deadline = run.clock.now.advanced(by: .seconds(10))
      let chosen = own
      async let failure = run.failure(of: chosen)
      try await run.sleep(.milliseconds(10))
      run.submit(request(2, on: run.clock))
      let error = await failure
      try #require(error == .dropped(.dutyCycleGate))
      try #require(run.modem.order == [1, 2])
    }
  }

  @Test(.explored(.many(100))) func `radio.T8 two failures reach the requester`() async throws {
    let modem = ScriptedModem(script: { _, _ in .refuses(after: .zero) })
    try await PipelineRun(modem: modem).running { run in
      await #expect(throws: TransmitError.failed(refusal)) {
        try await run.pipeline.transmit(request(1, origin: .local, on: run.clock))
      }
      try #require(run.clock.now == Instant.origin.advanced(by: .milliseconds(1000)))
      try #require(run.modem.order == [1, 1])
      try #require(run.pipeline.snapshot().airtimeTotals.sent == .zero)
    }
  }
}
