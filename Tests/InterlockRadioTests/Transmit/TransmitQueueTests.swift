import Interlock
import InterlockRadio
import Testing

@Suite struct TransmitQueueTests {
  /// A machine whose radio is occupied for ten seconds by packet 0.
  private func occupied(_ policy: TransmitPolicy = TransmitPolicy()) -> MachineRun {
    let deadline = SendDeadline(airtimePercent: 100, minimum: .seconds(100))
    var run = MachineRun(policy: policy, timing: ModemTiming(sendDeadline: deadline))
    run.radio = { frame, _ in
      (.sent(onAir: nil), number(of: frame) == 0 ? .seconds(10) : .milliseconds(111))
    }
    run.submit(request(0))
    run.run(for: .milliseconds(1))
    return run
  }

  @Test func `radio.Q1 at the bound the least urgent with the latest due time has to go`() {
    var policy = TransmitPolicy()
    policy.capacity = 4
    var run = occupied(policy)
    run.submit(request(1, .flood, priority: 2, delay: .milliseconds(10)))
    run.submit(request(2, .flood, priority: 3, delay: .milliseconds(10)))
    run.submit(request(3, .flood, priority: 3, delay: .milliseconds(20)))
    run.submit(request(4, .direct, delay: .seconds(1)))
    #expect(run.snapshot.pending == 5)  // the bound is on those that wait
    #expect(run.submit(request(5, .flood, priority: 4)) == .refused(.queueFull))
    #expect(
      run.submit(request(6, .flood, priority: 3, delay: .milliseconds(30))) == .refused(.queueFull))
    #expect(run.result(3) == nil)
    run.submit(request(7, .flood, priority: 1))
    #expect(run.result(3) == .dropped(.queueFull))
    for number in 8...10 { run.submit(request(number, .direct, delay: .seconds(1))) }
    #expect([2, 1, 7].map { run.result($0) } == .init(repeating: .dropped(.queueFull), count: 3))
    // Only direct packets wait now, and all later than this flood would; it does not displace them.
    #expect(run.submit(request(11, .flood, priority: 0)) == .refused(.queueFull))
    #expect(run.snapshot.counters.dropped[.queueFull] == 4)
    #expect(run.snapshot.counters.refused[.queueFull] == 3)
    #expect(run.snapshot.delayed + run.snapshot.ready == 4)
  }

  @Test func `what is held elsewhere counts against the same bound`() {
    var policy = TransmitPolicy()
    policy.capacity = 4
    var run = occupied(policy)
    run.change { machine, _ in machine.heldElsewhere = 3 }
    run.submit(request(1, .flood, priority: 2))
    #expect(run.submit(request(2, .flood, priority: 2)) == .refused(.queueFull))
  }

  @Test func `an acknowledgement older than ten seconds is the first to go`() {
    var policy = TransmitPolicy()
    policy.capacity = 2
    var run = MachineRun(policy: policy)
    run.submit(request(1, .acknowledgement, delay: .seconds(30)))
    run.submit(request(2, .flood, priority: 5, delay: .seconds(30)))
    run.run(for: .seconds(10))
    #expect(run.submit(request(3, .flood, priority: 6, at: run.now)) == .refused(.queueFull))
    run.run(for: .milliseconds(1))
    run.submit(request(4, .flood, priority: 6, delay: .seconds(1), at: run.now))
    #expect(run.result(1) == .dropped(.queueFull))
    #expect(run.result(2) == nil)
  }

  @Test func `radio.Q2 a direct packet is the next one out, however old the floods are`() {
    var run = occupied()
    for number in 1...40 { run.submit(request(number, .flood, priority: 1 + number % 3)) }
    run.run(for: .seconds(11))  // the first floods have aged by now
    run.submit(request(99, .direct, at: run.now))
    let before = run.transmissions.count
    run.run(for: .milliseconds(300))
    #expect(run.transmissions[before].number == 99)
  }

  @Test func `radio.Q3 a flood goes out within nine transmissions of direct traffic`() {
    var run = occupied()
    run.submit(request(99, .flood, priority: 40))
    for number in 1...30 { run.submit(request(number, .direct)) }
    run.run(for: .seconds(12))
    let order = run.transmissions.map(\.number)
    #expect(order.firstIndex(of: 99) == 9, "\(order)")
    #expect(Array(order.prefix(9)) == Array(0...8))
  }

  @Test func `radio.Q4 an acknowledgement overtakes ten floods`() {
    var run = occupied()
    for number in 1...10 { run.submit(request(number, .flood)) }
    run.submit(request(99, .acknowledgement))
    run.run(for: .seconds(10.5))
    #expect(run.transmissions[1].number == 99)
  }

  @Test func `radio.Q5 a packet is not sent after sixty seconds, and a later copy is taken again`()
  {
    var policy = TransmitPolicy()
    policy.listenLimit = .seconds(100)
    var run = MachineRun(policy: policy)
    run.channel = { _ in .busy }
    run.submit(request(1))
    run.submit(request(2))
    run.run(for: .milliseconds(59_999))
    #expect(run.result(1) == nil && run.result(2) == nil)
    run.run(for: .milliseconds(1))
    #expect(run.result(1) == .dropped(.stale), "it became too old while it listened")
    #expect(run.result(2) == .dropped(.stale))
    #expect(run.submit(request(2)) == .refused(.stale))
    #expect(run.submit(request(3, at: run.now)) != .refused(.stale))
    run.channel = { _ in .clear }
    run.run(for: .seconds(1))
    #expect(run.transmissions.map(\.number) == [3])
  }

  @Test func `radio.Q6 short of allowance direct packets wait in order and floods are dropped`() {
    var run = MachineRun(.minute(.milliseconds(500)))
    run.submit(request(0, bytes: 50))
    run.submit(request(1, bytes: 50))
    run.run(for: .milliseconds(600))
    run.submit(request(2, .direct, bytes: 50, at: run.now))
    run.submit(request(3, .acknowledgement, at: run.now))
    #expect(run.submit(request(4, .flood, at: run.now)) == .refused(.dutyCycleAdvisory))
    run.run(for: .seconds(60))
    #expect(run.transmissions.map(\.number) == [0, 1, 2, 3])
    // 500 ms hold 255.776 ms of the first two besides the third.
    let third = Duration.milliseconds(60_000) + .microseconds(2 * 244_224 - 255_776 - 244_224)
    #expect(run.transmissions[2].start == .after(third))
  }

  @Test func `what a held packet waits for is not given to a smaller flood`() {
    var run = MachineRun(.minute(.milliseconds(300)))
    run.submit(request(0))
    run.run(for: .milliseconds(500))
    run.submit(request(1, .direct, bytes: 50, at: run.now))  // 244 ms: has to wait
    run.run(for: .milliseconds(1))
    #expect(run.submit(request(2, .flood, at: run.now)) == .refused(.dutyCycleAdvisory))
    run.run(for: .seconds(60))
    #expect(run.transmissions.map(\.number) == [0, 1])
  }

  @Test func `a hold ends when allowance is given back`() {
    var run = MachineRun(.minute(.milliseconds(150)))
    run.radio = { frame, _ in
      number(of: frame) == 0
        ? (.notSent(refusal), .milliseconds(200)) : (.sent(onAir: nil), .milliseconds(111))
    }
    run.submit(request(0))
    run.submit(request(1))
    run.run(for: .seconds(2))
    #expect(run.transmissions.map(\.number) == [0, 1])
    #expect(run.transmissions[1].start == .after(.milliseconds(200)))
  }

  @Test func `radio.Q7 under a load of floods direct traffic finds a fifth of the allowance`() {
    var dutyCycle = DutyCyclePolicy.minute(.seconds(6))
    dutyCycle.floodPermille = 800
    var run = MachineRun(dutyCycle)
    for tick in 0..<1200 {
      run.submit(request(tick, .flood, at: run.now))
      run.run(for: .milliseconds(100))
    }
    let minute = run.now.advanced(by: .seconds(-60))
    let floods = run.transmissions.filter { $0.end > minute }
    #expect(.shortFrame * floods.count <= .milliseconds(4800))
    #expect(.shortFrame * (floods.count + 1) > .milliseconds(4600))
    for tick in 0..<10 { run.submit(request(10_000 + tick, .direct, at: run.now)) }
    run.run(for: .seconds(3))
    #expect((10_000..<10_010).allSatisfy { run.result($0) == .sent })
  }

  @Test func `radio.Q8 a hundred thousand frames in ten seconds leave the queue at its bound`() {
    var run = MachineRun()
    var largest = 0
    for number in 0..<100_000 {
      run.submit(request(number, number % 3 == 0 ? .direct : .flood, at: run.now))
      largest = max(largest, run.snapshot.delayed + run.snapshot.ready)
      run.run(for: .microseconds(100))
    }
    run.run(for: .seconds(61))
    let counters = run.snapshot.counters
    #expect(largest == 64)
    #expect(counters.accepted + counters.refused.total == 100_000)
    #expect(run.snapshot.pending == 0)
    #expect(run.transmissions.count > 80)
  }

  @Test func `floods that wait gain urgency: a distant one goes before a near one that came later`()
  {
    var run = occupied()
    run.submit(request(1, .flood, priority: 6))
    run.run(for: .seconds(9))
    run.submit(request(2, .flood, priority: 4, at: run.now))
    run.run(for: .seconds(1))  // the radio is free again at ten seconds: no ageing yet
    run.run(for: .seconds(1))
    #expect(run.transmissions.map(\.number) == [0, 2, 1])

    var policy = TransmitPolicy()
    policy.ageingAfter = .seconds(5)
    run = occupied(policy)
    run.submit(request(1, .flood, priority: 6))
    run.run(for: .seconds(9))
    run.submit(request(2, .flood, priority: 4, at: run.now))
    run.run(for: .seconds(2))  // at ten seconds it has gained nearly five levels
    #expect(run.transmissions.map(\.number) == [0, 1, 2])
  }
}
