import Interlock
import InterlockLab
import InterlockLabTesting
import InterlockRadio
import TestSupport
import Testing

@Suite(.tags(.race), .ownThread) struct ConcurrencyTests {
  private static let crowded = {
    var plan = Plan.random(schedules: Schedules.isFull ? 1000 : 3)
    plan.steps = 200_000
    return plan
  }()

  @Test(.explored(crowded))
  func `radio.C1 a thousand packets due at one instant leave one at a time, in order`() async throws
  {
    try await sendAtOneInstant(1000)
  }

  @Test(.explored(.many()))
  func `radio.C1 packets due at one instant leave one at a time, in order, all of them`()
    async throws
  {
    try await sendAtOneInstant(30)
  }

  private func sendAtOneInstant(_ count: Int) async throws {
    var policy = TransmitPolicy()
    policy.capacity = count
    policy.maximumAge = .seconds(3600)
    policy.ageingAfter = .seconds(3600)
    policy.urgentRun = .max
    let chosen = policy
    try await PipelineRun(policy: chosen).running { run in
      let due = run.clock.now.advanced(by: .seconds(1))
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<count {
          group.addTask {
            let delay = run.clock.now.duration(to: due)
            run.submit(
              request(number, .flood, priority: 1 + number % 3, delay: delay, on: run.clock))
          }
        }
      }
      try await run.sleep(.seconds(count))
      let accepted = run.told.order
      let priorities = run.modem.order.map { $0 % 3 }
      try #require(priorities == priorities.sorted())
      try #require(Set(run.modem.order).count == count && run.modem.order.count == count)
      try #require(accepted == run.modem.order)
    }
  }

  /// One step, and a long one: no order to explore, and no watchdog to wake.
  @Test func `radio.C7 a completion that submits the next packet neither recurses nor blocks`()
    async throws
  {
    var policy = TransmitPolicy()
    policy.capacity = 1
    try await PipelineRun(policy: policy).running { run in
      let depth = Shared(Depth())
      let (ended, end) = AsyncStream.makeStream(of: Never.self)
      @Sendable func submitNext(_ number: Int) {
        let goesOn = depth.withLock { depth in
          depth.now += 1
          depth.most = max(depth.most, depth.now)
          depth.count += 1
          return depth.count <= 20_000
        }
        if goesOn {
          // Each is more urgent than the one before it, which it therefore evicts.
          for next in [number, number + 1] {
            let packet = request(
              next, .flood, priority: 100_000 - next, delay: .seconds(3600), on: run.clock)
            run.pipeline.submit(packet) { _ in
              if next % 2 == 0 { submitNext(next + 2) }
            }
          }
        }
        depth.withLock { $0.now -= 1 }
        if !goesOn { end.finish() }
      }
      submitNext(0)
      // Whoever is telling goes on: it may be the consumer, on another thread.
      for await _ in ended {}
      let reached = depth.value
      try #require(reached.count > 10_000)
      try #require(reached.most <= 2, "\(reached.most) deep")
    }
  }

  @Test(.explored(.many()))
  func `radio.C8 a send that answers after its deadline changes nothing for the next`() async throws
  {
    let modem = ScriptedModem(script: { number, _ in number == 1 ? .neverReturns : .sends })
    try await PipelineRun(modem: modem).running { run in
      run.submit(request(1, on: run.clock))
      run.submit(request(2, on: run.clock))
      try await run.sleep(.milliseconds(300))
      run.modem.release()  // the second is on the air by now
      try await run.sleep(.seconds(1))
      guard case .unknown = run.result(1) else { throw Unexpected() }
      try #require(
        run.told.reports[1]?.first?.finishedAt == .origin.advanced(by: .milliseconds(250)))
      try #require(run.result(2) == .sent)
      try #require(
        run.told.reports[2]?.first?.finishedAt
          == .origin.advanced(by: .milliseconds(250) + .shortFrame))
      try #require(run.pipeline.snapshot().counters.lateAnswers == 1)
      try #require(run.modem.log.resets == 1)
    }
  }

  @Test(.explored(.many(100)))
  func `radio.C9 whatever the transmitter does, every frame that arrives is delivered`()
    async throws
  {
    let modem = ScriptedModem(channel: {
      $0 < .origin.advanced(by: .milliseconds(600)) ? .busy : .clear
    })
    try await PipelineRun(modem: modem).running { run in
      let received = Shared([UInt8]())
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          // Ends by cancellation, below.
          try? await run.modem.run { event in
            if case .received(let frame) = event { received.withLock { $0 += frame.bytes } }
          }
        }
        for number in 0..<5 { run.submit(request(number, on: run.clock)) }
        try await run.sleep(.milliseconds(1404))
        group.cancelAll()
      }
      try #require(run.modem.order.count >= 5)
      try #require(received.value == (1...200).map { UInt8($0) })
    }
  }

  @Test(.explored(.many()))
  func `radio.C10 settings change between two sends, and the gate counts by the new ones`()
    async throws
  {
    let modem = ScriptedModem(applyTime: { _ in .milliseconds(70) })
    try await PipelineRun(.minute(.milliseconds(400)), modem: modem).running { run in
      for number in 1...3 { run.submit(request(number, on: run.clock)) }
      try await run.sleep(.milliseconds(10))
      var slow = LoRaSettings.narrow
      slow.spreadingFactor = 8
      try await run.pipeline.apply(ModemSettings(lora: slow, transmitPowerDBm: 14))
      try await run.sleep(.seconds(2))
      // 111 ms went out; at SF8 one more fits, and a third would make 111 + 2 × 161.
      let airtime = slow.airtime(ofBytes: 5)
      try #require(airtime > .milliseconds(145))
      let snapshot = run.pipeline.snapshot()
      try #require(snapshot.airtimeTotals.sent == .shortFrame + airtime)
      let transmissions = run.modem.log.transmissions
      try #require(transmissions.map(\.number) == [1, 2])
      try #require(
        transmissions[1].start == .origin.advanced(by: .shortFrame + .milliseconds(70)))
    }
  }

  @Test(.explored(.many(200)))
  func `radio.C10 channel access waits for the send before it, and its keying counts`() async throws
  {
    let modem = ScriptedModem(applyTime: { _ in .milliseconds(70) })
    try await PipelineRun(.minute(.seconds(1)), modem: modem).running { run in
      run.submit(request(1, on: run.clock))
      try await run.sleep(.milliseconds(10))
      run.submit(request(2, on: run.clock))
      let access = ChannelAccess(
        persistence: 255, slotTime: .milliseconds(20), transmitDelay: .milliseconds(300),
        transmitTail: .milliseconds(100))
      try await run.pipeline.apply(
        ModemSettings(lora: .narrow, transmitPowerDBm: 14, access: access))
      try await run.sleep(.seconds(2))
      try #require(run.modem.order == [1, 2])
      try #require(run.modem.log.settings.map(\.access) == [access])
      // The first frame was sent under the old access, the second under the new one.
      let debit = Duration.shortFrame * 2 + .milliseconds(400)
      try #require(run.pipeline.snapshot().airtimeTotals.sent == debit)
    }
  }

  @Test(.explored(.many(1000)))
  func `nothing is sent on new settings before their allowance is in force`() async throws {
    let modem = ScriptedModem(applyTime: { _ in .milliseconds(70) })
    try await PipelineRun(modem: modem).running { run in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await run.pipeline.apply(
            ModemSettings(lora: .narrow, transmitPowerDBm: 3), dutyCycle: .minute(.zero))
        }
        try await run.sleep(.milliseconds(10))
        run.submit(request(1, on: run.clock))
        try await group.waitForAll()
      }
      try await run.sleep(.seconds(1))
      try #require(run.modem.log.settings.count == 1)
      try #require(run.modem.order == [])
      try #require(run.result(1) == .dropped(.dutyCycleGate))
    }
  }

  @Test(.explored(.many(100))) func `an allowance changes without a word to the modem`()
    async throws
  {
    try await PipelineRun().running { run in
      try await run.pipeline.apply(dutyCycle: .minute(.seconds(1)))
      try #require(run.pipeline.ledger.policy == .minute(.seconds(1)))
      try #require(run.modem.log.settings == [])
    }
  }

  @Test(.explored(.many(100)))
  func `a modem that never answers a settings change costs its limit and a re-initialisation`()
    async throws
  {
    let modem = ScriptedModem(applyTime: { $0 == 1 ? .seconds(1000) : .milliseconds(70) })
    try await PipelineRun(modem: modem).running { run in
      await #expect(throws: ModemError(.timedOut, "no answer within 5.0 seconds")) {
        try await run.pipeline.apply(ModemSettings(lora: .narrow, transmitPowerDBm: 3))
      }
      try #require(run.clock.now == .origin.advanced(by: .seconds(5)))
      run.submit(request(1, on: run.clock))
      try await run.sleep(.seconds(1))
      try #require(run.modem.log.resets == 1)
      try #require(run.result(1) == .sent)
      // It took the new ones after all; before anything was sent it was told the old ones again.
      try #require(run.modem.log.settings.map(\.transmitPowerDBm) == [3, 14])
      let start = run.modem.log.transmissions.first?.start
      try #require(start == .origin.advanced(by: .seconds(5) + .milliseconds(70)))
    }
  }

  @Test(.explored(.many())) func `radio.C11 after the mode forbids it nothing queued is sent`()
    async throws
  {
    let modem = ScriptedModem(listenTime: .milliseconds(20))
    try await PipelineRun(modem: modem).running { run in
      for number in 0..<6 {
        run.submit(request(number, delay: .milliseconds(40 * number), on: run.clock))
      }
      try await run.sleep(.milliseconds(choose(400)))
      run.pipeline.setMode(choose(2) == 0 ? .monitor : .noTx)
      let before = run.modem.log.transmissions.count
      try await run.sleep(.seconds(3))
      try #require(run.modem.log.transmissions.count == before)
      let snapshot = run.pipeline.snapshot()
      try #require(snapshot.counters.dropped[.mode] == UInt64(6 - before))
    }
  }

  @Test(.explored(.many())) func `radio.C12 in every snapshot each packet is in exactly one place`()
    async throws
  {
    let modem = ScriptedModem(script: { number, attempt in
      switch number % 5 {
      case 0: .refuses(after: .milliseconds(3))
      case 1: .wonders(after: .milliseconds(30))
      default: .sends
      }
    })
    try await PipelineRun(.minute(.seconds(1)), modem: modem).running { run in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for reader in 0..<2 {
          group.addTask {
            for _ in 0..<40 {
              let snapshot = run.pipeline.snapshot()
              try #require(snapshot.isConserved && snapshot.inFlight <= 1)
              try await run.sleep(.milliseconds(11 + reader))
            }
          }
        }
        for number in 0..<20 {
          let kind: PacketKind = number % 3 == 0 ? .direct : .flood
          let origin: TransmitOrigin = number % 4 == 0 ? .local : .relay
          run.submit(
            request(
              number, kind, origin: origin, delay: .milliseconds(13 * (number % 7)), on: run.clock
            ))
          try await run.sleep(.milliseconds(9))
        }
        try await group.waitForAll()
      }
    }
  }
}

private struct Depth {
  var now = 0
  var most = 0
  var count = 0
}

private struct Unexpected: Error {}
