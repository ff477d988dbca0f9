import Interlock
import InterlockLabTesting
import InterlockRadio
import TestSupport
import Testing

@Suite(.tags(.race), .ownThread) struct PipelineFaultTests {
  @Test(.explored(.many(300))) func `radio.R1 a send that never returns wedges nothing`()
    async throws
  {
    let modem = ScriptedModem(script: { number, _ in number % 2 == 0 ? .neverReturns : .sends })
    try await PipelineRun(modem: modem).running { run in
      for number in 0..<4 { run.submit(request(number, on: run.clock)) }
      try await run.sleep(.seconds(2))
      try #require(run.modem.order == [0, 1, 2, 3])
      try #require(run.result(1) == .sent && run.result(3) == .sent)
      let snapshot = run.pipeline.snapshot()
      try #require(snapshot.counters.unknown == 2)
      try #require(snapshot.counters.reinitialisations == 2)
      try #require(snapshot.airtimeTotals.unknown == .shortFrame * 2)
    }
  }

  @Test(.explored(.many(100)))
  func `a modem that waits for the channel itself is given the time it says it may take`()
    async throws
  {
    let modem = ScriptedModem(
      timing: ModemTiming(sendDeadline: .listeningModem),
      script: { _, _ in .sendsLate(after: .milliseconds(4900)) })
    try await PipelineRun(modem: modem).running { run in
      run.submit(request(1, on: run.clock))
      try await run.sleep(.seconds(6))
      try #require(run.result(1) == .sent)
      try #require(run.modem.log.resets == 0)
    }
  }

  @Test(.explored(.many(300)))
  func `radio.R2 a radio that fails on every call is left alone until it works again`() async throws
  {
    let recovery = Instant.origin.advanced(by: .seconds(14))
    let clock = Stopwatch()
    let modem = ScriptedModem(script: { _, _ in
      clock.now < recovery ? .refuses(after: .zero) : .sends
    })
    try await PipelineRun(modem: modem).running { run in
      try await withThrowingTaskGroup(of: Void.self) { group in
        let received = Shared(0)
        group.addTask {
          try? await run.modem.run { _ in received.withLock { $0 += 1 } }
        }
        for number in 0..<40 {
          run.submit(request(number, .flood, on: run.clock))
          try await run.sleep(.milliseconds(500))
        }
        group.cancelAll()
        try #require(received.value == 20_000 / 7, "reception is not affected")
      }
      let snapshot = run.pipeline.snapshot()
      // Three failures, then one after each of the probes that come five seconds later; the third
      // probe finds a radio that works.
      try #require(snapshot.counters.failed == 5)
      try #require(snapshot.counters.breakerOpenings == 3)
      try #require(run.modem.log.resets == 3)
      try #require(run.modem.order.count == 5 + Int(snapshot.counters.sent))
      try #require((5...8).contains(snapshot.counters.sent))
      try #require(snapshot.counters.refused[.radioDown] == 40 - snapshot.counters.accepted)
      try #require(!snapshot.isRadioDown)
      let changes = run.told.events.filter { $0 == .breakerClosed }
      try #require(changes.count == 1)
    }
  }

  @Test(.explored(.many(100)))
  func `radio.R3 a channel that is busy for ever delays each packet by the limit`() async throws {
    let modem = ScriptedModem(channel: { _ in .busy })
    try await PipelineRun(modem: modem).running { run in
      run.submit(request(1, on: run.clock))
      run.submit(request(2, on: run.clock))
      try await run.sleep(.seconds(9))
      let starts = run.modem.log.transmissions.map(\.start)
      try #require(starts[0] == .origin.advanced(by: .seconds(4)))
      try #require(starts[1] == starts[0].advanced(by: .shortFrame + .seconds(4)))
      try #require(run.pipeline.snapshot().counters.listenExhausted == 2)
      // Busy time is not airtime.
      try #require(run.pipeline.snapshot().airtimeTotals.sent == .shortFrame * 2)
    }
  }

  @Test(.explored(.many(100)))
  func `a modem that never says whether the channel is free is re-initialised`() async throws {
    let modem = ScriptedModem(listenTime: .seconds(1000))
    try await PipelineRun(modem: modem).running { run in
      run.submit(request(1, on: run.clock))
      try await run.sleep(.seconds(3))
      guard case .failed = run.result(1) else { throw Unexpected() }
      try #require(run.modem.log.resets == 1)
      try #require(run.modem.order == [])
      try #require(run.pipeline.snapshot().airtime.first?.spent ?? .zero == .zero)
    }
  }

  @Test(.sharedThreads)
  func `under load on real threads nothing overlaps and nothing is lost`() async throws {
    // No virtual time here: the sanitizer watches threads.
    let clock = InstantClock()
    let modem = ScriptedModem(
      clock, script: { number, _ in number % 7 == 0 ? .refuses(after: .zero) : .sends })
    var policy = TransmitPolicy()
    policy.capacity = 10_000
    policy.breakerThreshold = .max
    let pipeline = TransmitPipeline(
      modem: modem, settings: ModemSettings(lora: .narrow, transmitPowerDBm: 14),
      ledger: AirtimeLedger(policy: .unlimited, at: clock.now), policy: policy, clock: clock,
      seed: 1)
    let finished = Shared(0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await pipeline.run() }
      while !pipeline.isRunning { await Task.yield() }
      try await withThrowingTaskGroup(of: Void.self) { senders in
        for sender in 0..<4 {
          senders.addTask {
            for index in 0..<250 {
              let number = sender * 1000 + index
              let packet = request(number, number % 2 == 0 ? .flood : .direct, at: clock.now)
              if case .accepted(let id) = pipeline.submit(
                packet, onFinished: { _ in finished.withLock { $0 += 1 } }), number % 11 == 0
              {
                pipeline.cancel(id)
              }
              try #require(pipeline.snapshot().isConserved)
              if index % 50 == 0 {
                try await pipeline.apply(ModemSettings(lora: .narrow, transmitPowerDBm: sender))
              }
            }
          }
        }
        try await senders.waitForAll()
      }
      while pipeline.snapshot().pending > 0 { await Task.yield() }
      await pipeline.stop()
      try await group.waitForAll()
    }
    #expect(modem.log.overlaps == [])
    #expect(finished.value == 1000)
    #expect(pipeline.snapshot().isConserved)
  }
}

private struct Unexpected: Error {}

/// A clock on which every sleep ends at once: the time is that of the latest deadline slept for.
private final class InstantClock: MonotonicClock {
  private let latest = Shared(Instant.start)

  var now: Instant { latest.value }

  func sleep(until deadline: Instant) async throws {
    try Task.checkCancellation()
    await Task.yield()
    // Deadlines of sends lie further away than their answers; only short sleeps move the time.
    guard now.duration(to: deadline) < .milliseconds(200) else {
      while !Task.isCancelled { await Task.yield() }
      throw CancellationError()
    }
    latest.withLock { $0 = max($0, deadline) }
  }
}
