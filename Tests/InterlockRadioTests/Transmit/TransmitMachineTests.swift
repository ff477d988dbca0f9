import Interlock
import InterlockRadio
import Testing

@Suite struct TransmitMachineTests {
  @Test func `packets leave after their delay, one after the other, in due order`() {
    var run = MachineRun()
    for number in 1...5 {
      run.submit(request(number, .flood, delay: .milliseconds(1000 + 50 * (5 - number))))
    }
    run.run(for: .seconds(10))
    #expect(run.transmissions.map(\.number) == [5, 4, 3, 2, 1])
    #expect(run.transmissions.first?.start == .after(.seconds(1)))
    for (earlier, later) in zip(run.transmissions, run.transmissions.dropFirst()) {
      #expect(earlier.end == later.start)
    }
    #expect(run.snapshot.counters.airtimeSent == .shortFrame * 5)
  }

  @Test func `ready packets leave by priority, then due time, then acceptance`() {
    var run = MachineRun()
    run.submit(request(1, .flood, priority: 9))  // goes at once
    run.run(for: .milliseconds(1))
    run.submit(request(2, .flood, priority: 3, delay: .milliseconds(10)))
    run.submit(request(3, .flood, priority: 3, delay: .milliseconds(5)))
    run.submit(request(4, .flood, priority: 2, delay: .milliseconds(20)))
    run.submit(request(5, .direct, delay: .milliseconds(30)))
    run.submit(request(6, .flood, priority: 3, delay: .milliseconds(10)))
    run.run(for: .seconds(2))
    #expect(run.transmissions.map(\.number) == [1, 5, 4, 3, 2, 6])
  }

  @Test func `an over-budget relay of a flood is refused and leaves nothing behind`() {
    var run = MachineRun(.minute(.milliseconds(150)))
    run.submit(request(1, .flood))
    run.run(for: .seconds(1))
    #expect(run.submit(request(2, .flood)) == .refused(.dutyCycleAdvisory))
    #expect(run.snapshot.pending == 0)
    #expect(run.machine.poll(at: run.now) == .wait(until: nil))
    #expect(run.snapshot.counters.accepted == 1)
    #expect(run.snapshot.counters.refused[.dutyCycleAdvisory] == 1)
  }

  @Test(arguments: [Duration.zero, .milliseconds(50)])
  func `radio.T4 with no allowance left a packet makes no timer and no entry`(allowance: Duration) {
    var run = MachineRun(.minute(allowance))
    let expected: DropReason = allowance == .zero ? .dutyCycleAdvisory : .exceedsWindow
    #expect(run.submit(request(1, .flood)) == .refused(expected))
    #expect(run.submit(request(2, .direct)) == .refused(expected))
    #expect(run.snapshot.pending == 0)
    #expect(run.machine.poll(at: run.now) == .wait(until: nil))
  }

  @Test func `radio.T2 of two packets that pass the advisory check one is sent`() {
    var run = MachineRun(.minute(.milliseconds(150)))
    #expect(run.submit(request(1, .flood, delay: .seconds(1))) != .refused(.dutyCycleAdvisory))
    #expect(run.submit(request(2, .flood, delay: .seconds(1))) != .refused(.dutyCycleAdvisory))
    run.run(for: .seconds(30))
    #expect(run.transmissions.map(\.number) == [1])
    #expect(run.result(2) == .dropped(.dutyCycleGate))
    #expect(run.messages.contains("Packet dropped at TX time: duty-cycle exceeded"))
    #expect(run.snapshot.airtimeTotals.sent == .shortFrame)
  }

  @Test func `a local packet over budget is delayed to the very instant at which it fits`() {
    var run = MachineRun(.minute(.milliseconds(150)))
    run.submit(request(1, .flood))
    run.run(for: .seconds(1))
    run.submit(request(2, .flood, origin: .local, at: run.now))
    run.run(for: .seconds(120))
    // When the second ends, 38.896 ms of the first may still lie in the window.
    let fits = Instant.after(.seconds(60) + .shortFrame - .milliseconds(150))
    #expect(run.transmissions.map(\.start) == [.start, fits])
    #expect(run.snapshot.counters.deferred == 1)
  }

  @Test func `radio.T8 a local packet gets a second attempt 1000 ms after the first failed`() {
    var run = MachineRun()
    run.radio = { frame, now in
      number(of: frame) == 1 && now < .after(.seconds(1))
        ? (.notSent(refusal), .milliseconds(20)) : (.sent(onAir: nil), .milliseconds(111))
    }
    run.submit(request(1, .direct, origin: .local))
    run.submit(request(2, .direct, delay: .milliseconds(500)))
    run.run(for: .seconds(5))
    #expect(run.transmissions.map(\.number) == [1, 2, 1])
    #expect(run.transmissions.last?.start == .after(.milliseconds(1020)))
    #expect(run.result(1) == .sent)
    #expect(run.finished[1]?.first?.attempts == 2)
    #expect(run.snapshot.counters.retries == 1)
    #expect(run.snapshot.airtimeTotals.sentCount == 2)
  }

  @Test func `radio.T8 two failures are an error and cost nothing`() {
    var run = MachineRun()
    run.radio = { _, _ in (.notSent(refusal), .zero) }
    run.submit(request(1, .direct, origin: .local))
    run.submit(request(2, .direct, origin: .relay, delay: .milliseconds(10)))
    run.run(for: .seconds(5))
    #expect(run.result(1) == .failed(refusal))
    #expect(run.result(2) == .failed(refusal))
    #expect(run.finished[2]?.first?.attempts == 1)
    #expect(run.snapshot.airtimeTotals.sent == .zero)
    #expect(run.transmissions.count == 3)
  }

  @Test func `radio.C8 a late outcome changes nothing for the packet that follows`() {
    var run = MachineRun()
    run.radio = { frame, _ in
      number(of: frame) == 1
        ? (.notSent(refusal), .milliseconds(280)) : (.sent(onAir: nil), .milliseconds(111))
    }
    run.submit(request(1))
    run.submit(request(2))
    run.run(for: .seconds(5))
    // The deadline is 250 ms, so the answer at 280 ms comes while the second is on the air.
    guard case .unknown = run.result(1) else {
      Issue.record("\(String(describing: run.result(1)))")
      return
    }
    #expect(run.finished[1]?.first?.finishedAt == .after(.milliseconds(250)))
    #expect(run.transmissions.last?.start == .after(.milliseconds(250)))
    #expect(run.result(2) == .sent)
    #expect(run.snapshot.counters.lateAnswers == 1)
    #expect(run.snapshot.airtimeTotals.unknown == .shortFrame)
    #expect(run.snapshot.airtimeTotals.sent == .shortFrame)
  }

  @Test func `radio.C8 a late answer about one packet is no answer about the next`() throws {
    var policy = TransmitPolicy()
    policy.recordLimit = .milliseconds(500)
    var machine = TransmitMachine(
      lora: .narrow, ledger: AirtimeLedger(policy: .unlimited, at: .start), policy: policy, seed: 1)
    let calls = Calls()
    let first = try #require(machine.submit(request(1, origin: .local), at: .start).id)
    #expect(machine.submit(request(2), at: .start).id != nil)
    let record = try calls.record(machine.enter(at: .start))
    machine.cancel(first, at: .start)
    #expect(machine.step(at: .start) == .leave)
    let nextRecord = try calls.record(machine.enter(at: .start))
    machine.recorded(record, at: .start)
    #expect(machine.step(at: .start) == .wait(until: .after(.milliseconds(500))))
    machine.recorded(nextRecord, at: .start)
    let listen = try calls.listen(machine.step(at: .start))
    // It is never answered, which costs the packet and a re-initialisation.
    let later = Instant.after(policy.listenRequestLimit)
    let reset = try calls.reset(machine.step(at: later))
    machine.resetEnded(reset, error: nil, at: later)
    #expect(machine.step(at: later) == .leave)
    #expect(machine.submit(request(3, at: later), at: later).id != nil)
    machine.recorded(try calls.record(machine.enter(at: later)), at: later)
    let nextListen = try calls.listen(machine.step(at: later))
    machine.heard(listen, .clear, at: later)
    #expect(machine.step(at: later) == .wait(until: .after(policy.listenRequestLimit * 2)))
    machine.heard(nextListen, .clear, at: later)
    #expect(machine.snapshot(at: later).counters.lateAnswers == 2)
    _ = try calls.send(machine.step(at: later))
  }

  @Test func `radio.C8 a transmission that begins late is not the next packet's`() throws {
    var policy = TransmitPolicy()
    policy.listensBeforeTalk = false
    var machine = TransmitMachine(
      lora: .narrow, ledger: AirtimeLedger(policy: .unlimited, at: .start), policy: policy, seed: 1)
    let calls = Calls()
    let first = try #require(machine.submit(request(1), at: .start).id)
    #expect(machine.submit(request(2), at: .start).id != nil)
    let send = try calls.send(machine.enter(at: .start))
    machine.cancel(first, at: .start)
    #expect(machine.step(at: .start) == .leave)
    let nextSend = try calls.send(machine.enter(at: .start))
    #expect(machine.launch(send, at: .start) == nil)
    #expect(machine.launch(nextSend, at: .start).map(number(of:)) == 2)
    #expect(machine.launch(nextSend, at: .start) == nil, "once")
  }

  @Test func `radio.Q5 a packet that becomes stale in the section is not launched`() throws {
    var machine = TransmitMachine(
      lora: .narrow, ledger: AirtimeLedger(policy: .unlimited, at: .start), seed: 1)
    let calls = Calls()
    #expect(machine.submit(request(1), at: .start).id != nil)
    machine.heard(try calls.listen(machine.enter(at: .start)), .clear, at: .start)
    let send = try calls.send(machine.step(at: .start))
    #expect(machine.launch(send, at: .after(.seconds(60))) == nil)
    let snapshot = machine.snapshot(at: .after(.seconds(60)))
    #expect(snapshot.counters.dropped[.stale] == 1 && snapshot.airtimeTotals.notSentCount == 1)
  }

  @Test func `radio.R1 the late end of a re-initialisation is not that of the next one`() throws {
    var machine = TransmitMachine(
      lora: .narrow, ledger: AirtimeLedger(policy: .unlimited, at: .start), seed: 1)
    let calls = Calls()
    machine.suspectRadio(at: .start)
    let reset = try calls.reset(machine.enter(at: .start))
    let abandoned = Instant.after(.seconds(5))
    #expect(machine.step(at: abandoned) == .leave)
    let again = Instant.after(.seconds(6))
    let nextReset = try calls.reset(machine.enter(at: again))
    machine.resetEnded(reset, error: nil, at: again)
    #expect(machine.step(at: again) == .wait(until: .after(.seconds(11))))
    #expect(machine.snapshot(at: again).counters.reinitialisations == 0)
    machine.resetEnded(nextReset, error: nil, at: again)
    #expect(machine.snapshot(at: again).counters.reinitialisations == 1)
  }

  @Test func `there is no second attempt after an unknown outcome`() {
    var run = MachineRun()
    run.radio = { _, _ in (.unknown(refusal), .zero) }
    run.submit(request(1, origin: .local))
    run.run(for: .seconds(5))
    #expect(run.transmissions.count == 1)
    #expect(run.result(1) == .unknown(refusal))
  }

  @Test func `radio.C5 a packet cancelled before its second attempt gets none`() {
    var run = MachineRun()
    run.radio = { _, _ in (.notSent(refusal), .zero) }
    run.submit(request(1, origin: .local))
    run.run(for: .milliseconds(500))
    run.cancel(1)
    run.run(for: .seconds(5))
    #expect(run.transmissions.count == 1)
    #expect(run.result(1) == .dropped(.cancelled))
  }

  @Test func `radio.C4 cancelled during an emission that then fails it is not tried again`() {
    var run = MachineRun()
    run.radio = { _, _ in (.notSent(refusal), .milliseconds(100)) }
    run.submit(request(1, origin: .local))
    run.run(for: .milliseconds(50))
    run.cancel(1)
    #expect(run.result(1) == nil, "it is on the air")
    run.run(for: .seconds(5))
    #expect(run.transmissions.count == 1)
    #expect(run.result(1) == .failed(refusal))
  }

  @Test func `radio.C10 the gate counts airtime at the settings in force then`() {
    var run = MachineRun(.minute(.milliseconds(150)))
    run.submit(request(1, delay: .seconds(1)))
    var slow = LoRaSettings.narrow
    slow.spreadingFactor = 8
    run.change { machine, _ in machine.settingsChanged(to: slow) }
    run.run(for: .seconds(2))
    #expect(run.result(1) == .dropped(.exceedsWindow))
    #expect(run.transmissions.isEmpty)
  }

  @Test func `radio.C11 after a change of mode nothing the mode forbids is sent`() {
    var run = MachineRun()
    run.submit(request(1, delay: .seconds(1)))
    run.submit(request(2, origin: .local, delay: .seconds(1)))
    run.change { machine, now in machine.setMode(.monitor, at: now) }
    #expect(run.submit(request(3)) == .refused(.mode))
    run.run(for: .milliseconds(1050))
    #expect(run.transmissions.map(\.number) == [2])
    run.change { machine, now in machine.setMode(.noTx, at: now) }
    #expect(run.submit(request(4, origin: .local)) == .refused(.mode))
    run.run(for: .seconds(2))
    #expect(run.transmissions.map(\.number) == [2])
    #expect(run.result(1) == .dropped(.mode))
  }

  @Test func `a change of mode ends an attempt that is still listening`() {
    var run = MachineRun(.minute(.milliseconds(150)))
    run.channel = { _ in .busy }
    run.submit(request(1))
    run.run(for: .seconds(1))
    run.change { machine, now in machine.setMode(.monitor, at: now) }
    #expect(run.result(1) == .dropped(.mode))
    run.run(for: .seconds(10))
    #expect(run.transmissions.isEmpty)
    #expect(run.snapshot.airtimeTotals.notSentCount == 1)
  }

  /// What a machine does on the way from the gate to the radio, where a packet may yet be given up.
  enum Pause: CaseIterable {
    case recording, betweenQuestions, asking, launching
  }

  @Test(arguments: Pause.allCases, [DropReason.stale, .cancelled, .mode])
  func `radio.Q5 a packet whose turn it is is given up at the instant it may not be sent any more`(
    pause: Pause, reason: DropReason
  ) throws {
    var policy = TransmitPolicy()
    policy.recordLimit = pause == .recording ? .seconds(100) : .zero
    policy.listenRequestLimit = .seconds(100)
    policy.listenLimit = .seconds(100)
    policy.listensBeforeTalk = pause != .launching
    policy.listenBackoffMicroseconds = 10_000_000...10_000_000
    var machine = TransmitMachine(
      lora: .narrow, ledger: AirtimeLedger(policy: .minute(.seconds(1)), at: .start),
      policy: policy, seed: 1)
    // Two packets, so that the turn of the other is not waited for either.
    guard case .accepted(let id) = machine.submit(request(1), at: .start),
      case .accepted = machine.submit(request(2, at: .after(.seconds(1))), at: .start)
    else {
      Issue.record("refused")
      return
    }
    let first = machine.enter(at: .start)
    if pause == .betweenQuestions, case .listen(let call) = first {
      machine.heard(call, .busy, at: .after(.seconds(55)))
    }
    let end = Instant.after(reason == .stale ? .seconds(60) : .seconds(56))
    let before = machine.step(at: .after(.milliseconds(55_500)))
    #expect(before == .wait(until: .after(.seconds(60))), "it wakes when the packet is too old")
    switch reason {
    case .cancelled: machine.cancel(id, at: end)
    case .mode: machine.setMode(.noTx, at: end)
    default: _ = machine.step(at: end)
    }
    var finished: [TransmitReport] = []
    while let effect = machine.nextEffect() {
      if case .finished(id, let report) = effect { finished.append(report) }
    }
    #expect(finished.map(\.result) == [.dropped(reason)])
    #expect(finished.map(\.finishedAt) == [end])
    #expect(machine.snapshot(at: end).airtime.map(\.pending) == [.zero], "its airtime is free")
    if case .send(let call) = first { #expect(machine.launch(call, at: end) == nil) }
  }
}

/// Takes the number of a call out of a step that has to be one.
private struct Calls {
  struct Other: Error {
    let step: TransmitStep
  }

  func record(_ step: TransmitStep) throws -> UInt64 {
    guard case .record(let call) = step else { throw Other(step: step) }
    return call
  }

  func listen(_ step: TransmitStep) throws -> UInt64 {
    guard case .listen(let call) = step else { throw Other(step: step) }
    return call
  }

  func send(_ step: TransmitStep) throws -> UInt64 {
    guard case .send(let call) = step else { throw Other(step: step) }
    return call
  }

  func reset(_ step: TransmitStep) throws -> UInt64 {
    guard case .reset(let call) = step else { throw Other(step: step) }
    return call
  }
}

extension Submission {
  fileprivate var id: TransmitID? { if case .accepted(let id) = self { id } else { nil } }
}
