import Interlock
import InterlockRadio
import Testing

@Suite struct RadioFaultTests {
  @Test func `radio.R1 a send that never returns is unknown at its deadline and the next goes on`()
  {
    var run = MachineRun()
    run.radio = { frame, _ in
      number(of: frame) == 1 ? nil : (.sent(onAir: nil), .milliseconds(111))
    }
    run.submit(request(1))
    run.submit(request(2))
    run.run(for: .seconds(1))
    #expect(run.finished[1]?.first?.finishedAt == .after(.milliseconds(250)))
    #expect(run.snapshot.counters.unknown == 1)
    #expect(run.snapshot.counters.reinitialisations == 1)
    #expect(run.result(2) == .sent)
    #expect(run.snapshot.airtimeTotals.unknownCount == 1)
  }

  @Test func `a send given up before a stop counts for one more deadline`() {
    var run = MachineRun(.minute(.milliseconds(200)))
    run.radio = { _, _ in nil }
    run.reset = { _ in ModemError(.disconnected, "gone") }
    run.submit(request(1))
    run.run(for: .milliseconds(250))
    run.change { machine, now in
      machine.shutdown(at: now)
      machine.stopped(at: now)
    }
    // It may last until 500 ms, so the minute that begins at 400 ms holds 100 of it.
    let later = run.machine.snapshot(at: .after(.seconds(60) + .milliseconds(400)))
    #expect(later.airtime.first?.spent == .milliseconds(100))
  }

  @Test func `a send given up counts as over when the radio has been re-initialised`() {
    var run = MachineRun(.minute(.milliseconds(200)))
    run.radio = { _, _ in nil }
    run.submit(request(1))
    run.run(for: .seconds(1))
    // At 250 ms.
    for (milliseconds, counted) in [(200, 50), (250, 0)] {
      let later = run.machine.snapshot(at: .after(.seconds(60) + .milliseconds(milliseconds)))
      #expect(later.airtime.first?.spent == .milliseconds(counted))
    }
  }

  @Test func `nothing is sent between a send given up and a re-initialisation that succeeds`() {
    var run = MachineRun()
    run.radio = { _, now in
      now < .after(.milliseconds(100)) ? nil : (.sent(onAir: nil), .milliseconds(111))
    }
    run.reset = { $0 < .after(.milliseconds(1300)) ? ModemError(.disconnected, "gone") : nil }
    run.submit(request(1))
    run.submit(request(2))
    run.run(for: .milliseconds(1000))
    #expect(run.snapshot.airtimeTotals.unknownCount == 0, "held whole until the radio is known")
    run.run(for: .seconds(4))
    // Given up at 250 ms; tried again at once and one second later, which fails, then two later.
    #expect(run.transmissions.map(\.number) == [1])
    #expect(run.result(2) == .dropped(.radioDown), "three failures in a row")
    run.submit(request(3, origin: .local, at: run.now))
    run.run(for: .seconds(10))
    #expect(run.result(3) == .sent)
    #expect(run.snapshot.airtimeTotals.unknownCount == 1)
  }

  @Test func `radio.R2 three failures in a row open the breaker, and recovery closes it`() {
    var run = MachineRun()
    run.radio = { _, now in
      now < .after(.seconds(11))
        ? (.notSent(refusal), .zero) : (.sent(onAir: nil), .milliseconds(111))
    }
    run.reset = { $0 < .after(.seconds(11)) ? refusal : nil }
    for number in 1...3 { run.submit(request(number, delay: .milliseconds(number))) }
    run.submit(request(4, delay: .seconds(2)))
    run.submit(request(5, origin: .local, delay: .milliseconds(1500)))
    run.run(for: .seconds(1))
    #expect(run.result(4) == .dropped(.radioDown))
    #expect(run.submit(request(6)) == .refused(.radioDown))
    #expect(run.snapshot.isRadioDown)
    #expect(run.snapshot.counters.breakerOpenings == 1)
    run.run(for: .seconds(20))
    // Probes at 5, 10 and 15 s; the last succeeds and the local packet, which waited, decides.
    #expect(run.transmissions.last?.number == 5)
    #expect(run.transmissions.last?.start == .after(.seconds(15) + .milliseconds(3)))
    #expect(run.result(5) == .sent)
    #expect(!run.snapshot.isRadioDown)
    #expect(run.messages.last { $0.hasPrefix("Radio up") } != nil)
    #expect(run.submit(request(7, at: run.now)) != .refused(.radioDown))
  }

  @Test func `on trial one more failure opens the breaker again`() {
    var run = MachineRun()
    run.radio = { _, _ in (.notSent(refusal), .zero) }
    for number in 1...3 { run.submit(request(number)) }
    run.run(for: .seconds(6))
    #expect(!run.snapshot.isRadioDown)
    run.submit(request(4, at: run.now))
    run.run(for: .milliseconds(1))
    #expect(run.snapshot.isRadioDown)
    #expect(run.snapshot.counters.breakerOpenings == 2)
  }

  @Test func `a device that has come back is tried at once`() {
    var run = MachineRun()
    run.radio = { _, _ in (.notSent(refusal), .zero) }
    for number in 1...3 { run.submit(request(number)) }
    run.run(for: .seconds(1))
    #expect(run.snapshot.isRadioDown)
    run.change { machine, now in machine.radioReturned(at: now) }
    run.run(for: .zero)
    #expect(!run.snapshot.isRadioDown)
  }

  @Test func `radio.R3 a channel that stays busy is waited for so long, then the packet is sent`() {
    var run = MachineRun()
    run.channel = { _ in .busy }
    run.submit(request(1))
    run.run(for: .seconds(10))
    #expect(run.transmissions.first?.start == .after(.milliseconds(4000)))
    #expect(run.snapshot.counters.listenExhausted == 1)
    let report = run.finished[1]?.first
    #expect(report?.listenBackoff == .milliseconds(4000))
    #expect((12...35).contains(report?.listenAttempts ?? 0))
    #expect(run.messages.contains("Channel stayed busy"))
  }

  @Test func `radio.R3 or the packet goes back to the queue once`() {
    var policy = TransmitPolicy()
    policy.listenExhaustion = .requeuesOnce
    var run = MachineRun(policy: policy)
    run.channel = { _ in .busy }
    run.submit(request(1))
    run.submit(request(2, delay: .seconds(1)))
    run.run(for: .seconds(20))
    // The second has its try while the first waits again; then each is sent at its second.
    #expect(run.transmissions.map(\.number) == [1, 2])
    #expect(run.transmissions.first?.start == .after(.seconds(12)))
    #expect(run.transmissions.last?.start == .after(.seconds(16) + .shortFrame))
    #expect(run.snapshot.counters.listenExhausted == 4)
    #expect(run.snapshot.airtimeTotals.notSentCount == 2)
  }

  @Test func `radio.R4 a packet that is arriving is waited for beyond the limit`() {
    var run = MachineRun()
    let arrives = Instant.after(.milliseconds(4500))
    run.channel = { $0 < arrives ? .receiving : .clear }
    run.submit(request(1))
    run.run(for: .seconds(10))
    let start = run.transmissions.first?.start ?? .origin
    #expect(start >= arrives && start <= arrives.advanced(by: .milliseconds(360)))
    #expect(run.snapshot.counters.listenExhausted == 0)
  }

  @Test
  func `radio.R5 a packet that is said to arrive for ever is waited for so long and no longer`() {
    var run = MachineRun()
    run.channel = { _ in .receiving }
    run.submit(request(1))
    run.run(for: .seconds(20))
    let bound = Duration.milliseconds(4000) + LoRaSettings.narrow.airtime(ofBytes: 255) * 3 / 2
    #expect(run.transmissions.first?.start == .after(bound))
  }

  @Test func `radio.R5 the reception latch lets go of a preamble no header follows`() {
    var latch = ReceptionLatch(.narrow)
    #expect(!latch.isReceiving(at: .start))
    latch.sawPreamble(at: .start)
    // 36.25 symbols of 2.048 ms, and half as much again.
    let end = Instant.after(.microseconds(74_240 + 37_120))
    #expect(latch.isReceiving(at: end.advanced(byNanoseconds: -1)))
    #expect(!latch.isReceiving(at: end))
    latch.sawHeader(at: .start)
    let headerEnd = Instant.after(LoRaSettings.narrow.airtime(ofBytes: 255) * 3 / 2)
    #expect(latch.isReceiving(at: headerEnd.advanced(byNanoseconds: -1)))
    #expect(!latch.isReceiving(at: headerEnd))
    // A preamble in between, as of a second packet, takes nothing back.
    latch.sawPreamble(at: .start)
    #expect(latch.isReceiving(at: headerEnd.advanced(byNanoseconds: -1)))
  }

  @Test func `a modem that cannot be asked about the channel is sent to all the same`() {
    var run = MachineRun()
    run.channel = { _ in nil }
    run.submit(request(1))
    run.run(for: .seconds(1))
    #expect(run.transmissions.first?.start == .start)
    run.channel = { _ in .left }
    run.submit(request(2, at: run.now))
    run.run(for: .seconds(1))
    #expect(run.result(2) == .sent)
  }

  @Test func `an outcome the modem would not confirm needs no re-initialisation`() {
    var run = MachineRun()
    run.radio = { _, _ in (.unknown(ModemError(.unconfirmed, "TxDone 0")), .milliseconds(111)) }
    run.submit(request(1))
    run.run(for: .seconds(1))
    #expect(run.snapshot.counters.reinitialisations == 0)
    #expect(run.snapshot.airtimeTotals.unknown == .shortFrame)
  }

  @Test func `radio.R8 a re-initialisation may take its commands' time, but no stop waits for all`()
    throws
  {
    var policy = TransmitPolicy()
    policy.listensBeforeTalk = false
    var machine = TransmitMachine(
      lora: .narrow, timing: ModemTiming(resetCommands: 6, applyCommands: 4),
      ledger: AirtimeLedger(policy: .unlimited, at: .start), policy: policy, seed: 1)
    machine.suspectRadio(at: .start)
    guard case .reset = machine.enter(at: .start) else {
      Issue.record("no re-initialisation")
      return
    }
    #expect(machine.step(at: .start) == .wait(until: .after(.seconds(30))))
    machine.shutdown(at: .after(.seconds(1)))
    #expect(machine.step(at: .after(.seconds(1))) == .wait(until: .after(.seconds(6))))
    #expect(machine.step(at: .after(.seconds(6))) == .leave)
    machine.restart()
    machine.settingsUnanswered(at: .after(.seconds(60)))
    guard case .reset(let call) = machine.enter(at: .after(.seconds(60))) else {
      Issue.record("no re-initialisation")
      return
    }
    #expect(
      machine.step(at: .after(.seconds(60))) == .wait(until: .after(.seconds(110))),
      "the settings are told as well")
    machine.resetEnded(call, error: nil, at: .after(.seconds(109)))
    #expect(machine.snapshot(at: .after(.seconds(109))).counters.reinitialisations == 1)
  }
}
