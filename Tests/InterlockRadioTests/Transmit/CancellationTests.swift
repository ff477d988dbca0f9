import Interlock
import InterlockLabTesting
import InterlockRadio
import TestSupport
import Testing

/// What becomes of a packet whose requester goes away, at every point of its life.
@Suite(.tags(.race), .ownThread) struct CancellationTests {
  @Test(.explored(.many(200)))
  func `radio.C2 cancelled during its delay a packet is never sent and leaves at once`()
    async throws
  {
    try await PipelineRun(.minute(.milliseconds(150))).running { run in
      guard
        case .accepted(let id) = run.submit(request(1, delay: .seconds(2), on: run.clock))
      else { throw Unexpected() }
      try await run.sleep(.seconds(1))
      run.pipeline.cancel(id)
      // The requester is told, so that it forgets having seen the packet.
      try #require(run.result(1) == .dropped(.cancelled))
      try #require(run.pipeline.snapshot().pending == 0)
      try await run.sleep(.seconds(3))
      try #require(run.modem.order == [])
      try #require(run.pipeline.snapshot().airtimeTotals.sent == .zero)
      run.pipeline.cancel(id)  // twice is harmless
    }
  }

  @Test(.explored(.many()))
  func `radio.C2 a waiting requester that is cancelled takes its packet along`() async throws {
    try await PipelineRun().running { run in
      let end = try await run.cancelling(
        request(1, origin: .local, delay: .seconds(2), on: run.clock), after: .seconds(1))
      try #require(end == .seconds(1))
      try await run.sleep(.seconds(3))
      try #require(run.modem.order == [])
      try #require(run.pipeline.snapshot().counters.dropped[.cancelled] == 1)
    }
  }

  @Test(.explored(.many()))
  func `radio.C3 cancelled while it waits its turn a packet lets the next one have it`()
    async throws
  {
    try await PipelineRun().running { run in
      run.submit(request(1, on: run.clock))  // 111 ms on the air
      try await run.sleep(.milliseconds(10))
      async let cancelled = run.cancelling(
        request(2, origin: .local, on: run.clock), after: .milliseconds(choose(101))
      )
      try await run.sleep(.milliseconds(5))
      run.submit(request(3, on: run.clock))
      _ = try await cancelled
      try await run.sleep(.seconds(1))
      try #require(run.modem.order == [1, 3])
      let starts = run.modem.log.transmissions.map(\.start)
      try #require(starts[0].duration(to: starts[1]) == .shortFrame)
    }
  }

  @Test(.explored(.many()))
  func `radio.C3 a settings change that is cancelled while it waits lets traffic pass`()
    async throws
  {
    try await PipelineRun().running { run in
      run.submit(request(1, on: run.clock))
      run.submit(request(2, on: run.clock))
      try await run.sleep(.milliseconds(10))
      let change = Task {
        try await run.pipeline.apply(ModemSettings(lora: .narrow, transmitPowerDBm: 1))
      }
      try await run.sleep(.milliseconds(50))
      change.cancel()
      await #expect(throws: CancellationError.self) { try await change.value }
      try await run.sleep(.seconds(1))
      try #require(run.modem.log.settings.isEmpty)
      try #require(run.modem.order == [1, 2])
    }
  }

  @Test(.explored(.many()))
  func `radio.C4 cancelled while the radio sends it is sent, debited and over`() async throws {
    try await PipelineRun(.minute(.seconds(1))).running { run in
      let end = try await run.cancelling(
        request(1, origin: .local, on: run.clock), after: .milliseconds(50))
      try #require(end == .milliseconds(50), "the caller sees it at once")
      run.submit(request(2, on: run.clock))
      try await run.sleep(.seconds(1))
      let transmissions = run.modem.log.transmissions
      try #require(transmissions.map(\.number) == [1, 2])
      try #require(transmissions[0].end == Instant.origin.advanced(by: .shortFrame))
      try #require(transmissions[1].start == transmissions[0].end)
      let snapshot = run.pipeline.snapshot()
      try #require(snapshot.airtimeTotals.sent == .shortFrame * 2)
      try #require(snapshot.counters.sent == 2)
    }
  }

  @Test(.explored(.many()))
  func `radio.C4 in the instant at which it begins it is either sent whole or not at all`()
    async throws
  {
    try await PipelineRun(.minute(.seconds(1))).running { run in
      _ = try? await run.cancelling(
        request(1, origin: .local, delay: .milliseconds(50), on: run.clock),
        after: .milliseconds(50))
      try await run.sleep(.seconds(1))
      let snapshot = run.pipeline.snapshot()
      let sent = run.modem.order.count
      try #require(snapshot.counters.sent == UInt64(sent))
      try #require(snapshot.counters.dropped[.cancelled] == UInt64(1 - sent))
      try #require(snapshot.airtimeTotals.sent == .shortFrame * sent)
      try #require(snapshot.airtime.first?.pending == .zero)
    }
  }

  @Test(.explored(.many(200))) func `radio.C5 cancelled before its second attempt it gets none`()
    async throws
  {
    let modem = ScriptedModem(script: { _, _ in .refuses(after: .zero) })
    try await PipelineRun(modem: modem).running { run in
      _ = try await run.cancelling(
        request(1, origin: .local, on: run.clock), after: .milliseconds(500))
      try await run.sleep(.seconds(3))
      try #require(run.modem.order == [1])
    }
  }

  @Test(.explored(.many(500)))
  func `cancelled while the channel is listened to it is not sent, and nothing is debited`()
    async throws
  {
    let modem = ScriptedModem(listenTime: .milliseconds(30), channel: { _ in .busy })
    try await PipelineRun(.minute(.seconds(1)), modem: modem).running { run in
      _ = try await run.cancelling(
        request(1, origin: .local, on: run.clock),
        after: .milliseconds(choose(500)))
      try await run.sleep(.seconds(6))
      try #require(run.modem.order == [])
      try #require(run.pipeline.snapshot().airtime.first?.pending == .zero)
      try #require(run.pipeline.snapshot().airtimeTotals.sent == .zero)
    }
  }

  @Test(.explored(.many(100))) func `a requester that is cancelled before it asks submits nothing`()
    async throws
  {
    try await PipelineRun().running { run in
      let asked = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        _ = try await run.pipeline.transmit(request(1, origin: .local, on: run.clock))
      }
      await #expect(throws: CancellationError.self) { try await asked.value }
      try #require(run.pipeline.snapshot().counters.accepted == 0)
    }
  }
}

private struct Unexpected: Error {}

extension PipelineRun {
  /// Transmits and is cancelled after a while; returns how long it took to notice.
  fileprivate func cancelling(
    _ request: TransmitRequest, after delay: Duration
  ) async throws -> Duration {
    let start = clock.now
    return try await withThrowingTaskGroup(of: Duration?.self) { group in
      group.addTask {
        do {
          _ = try await self.pipeline.transmit(request)
          return nil
        } catch is CancellationError {
          return start.duration(to: self.clock.now)
        }
      }
      group.addTask {
        try await self.sleep(delay)
        return .zero
      }
      _ = try await group.next()
      group.cancelAll()
      for try await end in group { if let end { return end } }
      throw Unexpected()
    }
  }
}
