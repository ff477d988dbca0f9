import Interlock
import InterlockRadio
import Testing

@Suite struct TransmitEventTests {
  private let label = PacketLabel(
    hash: [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x55], type: "TXT_MSG", route: "flood")

  @Test func `a label is the first eight bytes of a hash`() {
    #expect("\(label)" == "0123456789ABCDEF")
    #expect("\(PacketLabel(hash: [0xAB], type: "", route: ""))" == "AB00000000000000")
    #expect("\(PacketLabel(hash: [], type: "", route: ""))" == "0000000000000000")
  }

  @Test func `a packet sent is one line with its figures`() {
    var run = MachineRun()
    run.channel = { $0 < .after(.milliseconds(1)) ? .busy : .clear }
    var packet = request(1, .flood, delay: .zero)
    packet.label = label
    _ = run.machine.submit(packet, at: run.now)
    run.run(for: .seconds(1))
    guard case .sent(let report) = run.events.first else {
      Issue.record("\(run.events)")
      return
    }
    let microseconds = report.listenBackoff.nanoseconds / 1000
    let fraction = String(1000 + microseconds % 1000).dropFirst()
    #expect(
      "\(run.events[0])"
        == "Retransmitted packet id=0123456789ABCDEF type=TXT_MSG route=flood origin=relay bytes=5 "
        + "airtime=111.104ms delay=0.000ms attempt=1 lbt_attempts=2 "
        + "lbt_backoff=\(microseconds / 1000).\(fraction)ms")
    #expect(run.events[0].level == .info)
  }

  @Test func `the words of the specification are kept, with their levels`() {
    let cause = ModemError(.timedOut, "no outcome within 0.25 seconds")
    let cases: [(TransmitEvent, EventLevel, String)] = [
      (
        .gateDrop(label, airtime: .milliseconds(111), wait: .seconds(2)), .warning,
        "Packet dropped at TX time: duty-cycle exceeded id=0123456789ABCDEF type=TXT_MSG "
          + "route=flood stage=gate airtime=111.000ms wait=2000.000ms"
      ),
      (
        .radioFailure(label, attempt: 1, outcome: "unknown", cause: cause), .error,
        "Retransmit failed id=0123456789ABCDEF type=TXT_MSG route=flood attempt=1 "
          + "outcome=unknown cause=\"timed_out: no outcome within 0.25 seconds\""
      ),
      (
        .advisoryDrop(label, airtime: .milliseconds(1), wait: nil, suppressed: 3), .warning,
        "Packet dropped on scheduling: duty-cycle exceeded id=0123456789ABCDEF type=TXT_MSG "
          + "route=flood stage=advisory airtime=1.000ms wait=never suppressed=3"
      ),
      (
        .listenExhausted(label, elapsed: .seconds(4), attempts: 17, sends: true), .warning,
        "Channel stayed busy id=0123456789ABCDEF type=TXT_MSG route=flood elapsed=4000.000ms "
          + "attempts=17 then=send"
      ),
      (.breakerOpened(failures: 3), .warning, "Radio down: relays are dropped failures=3"),
      (.breakerClosed, .info, "Radio up"),
      (
        .dropped(label, reason: .mode), .debug,
        "Packet dropped id=0123456789ABCDEF type=TXT_MSG route=flood reason=mode"
      ),
    ]
    for (event, level, line) in cases {
      #expect(event.level == level)
      #expect("\(event)" == line)
    }
  }

  @Test func `warnings of one kind come once in a while and count those between`() {
    var run = MachineRun(.minute(.milliseconds(150)))
    run.submit(request(0, .flood))
    for number in 1...50 {
      run.run(for: .milliseconds(300))
      run.submit(request(number, .flood, at: run.now))
    }
    let drops = run.events.filter { $0.message.hasPrefix("Packet dropped on scheduling") }
    #expect(drops.count == 2)
    guard case .advisoryDrop(_, _, _, let suppressed) = drops.last else { return }
    #expect(suppressed == 33)
    #expect(run.snapshot.counters.refused[.dutyCycleAdvisory] == 50)
  }

  @Test func `events that nobody takes are bounded, the ends of packets are kept`() {
    var machine = TransmitMachine(
      lora: .narrow, ledger: AirtimeLedger(policy: .unlimited, at: .start), mode: .noTx, seed: 1)
    for number in 0..<10_000 { _ = machine.submit(request(number), at: .start) }
    #expect(effects(of: &machine).count == 4096)
    #expect(machine.snapshot(at: .start).counters.eventsLost == 10_000 - 4096)
    machine.setMode(.forward, at: .start)
    _ = machine.submit(request(1), at: .start)
    for number in 0..<5000 {
      machine.setMode(.noTx, at: .start)
      _ = machine.submit(request(number), at: .start)
    }
    machine.shutdown(at: .start)
    let ends = effects(of: &machine).filter { if case .finished = $0 { true } else { false } }
    #expect(ends.count == 1)
  }

  private func effects(of machine: inout TransmitMachine) -> [TransmitEffect] {
    var effects: [TransmitEffect] = []
    while let effect = machine.nextEffect() { effects.append(effect) }
    return effects
  }

  @Test func `drop reasons have stable names`() {
    #expect(
      DropReason.allCases.map(\.rawValue) == [
        "duty_cycle_advisory", "duty_cycle_gate", "exceeds_window", "dwell", "stale", "queue_full",
        "radio_down", "mode", "cancelled", "shutdown", "invalid_frame",
      ])
  }

  @Test func `send deadlines follow their rules`() {
    let short = Duration.milliseconds(100)
    let long = Duration.seconds(2)
    #expect(SendDeadline.firmware.limit(airtime: short, longestAirtime: long) == .milliseconds(250))
    #expect(
      SendDeadline.firmware.limit(airtime: .seconds(1), longestAirtime: long) == .milliseconds(1500)
    )
    #expect(SendDeadline.listeningModem.limit(airtime: short, longestAirtime: long) == .seconds(5))
    #expect(
      SendDeadline.listeningModem.limit(airtime: .seconds(2), longestAirtime: .seconds(9))
        == .milliseconds(16_500))
  }

  @Test func `an error gives one piece of advice, that of its cause where it has one`() {
    let lost = ModemError(.disconnected, "the line is gone", remedy: "plug it in")
    let silent = ModemError(.timedOut, "no answer")
    #expect("\(lost)" == "disconnected: the line is gone; plug it in")
    let texts = [
      TransmitError.failed(lost), .failed(silent), .unknown(lost), .dropped(.stale),
    ].map(\.description)
    #expect(
      texts == [
        "the radio did not send the packet (disconnected: the line is gone); plug it in",
        "the radio did not send the packet (timed_out: no answer); try again later",
        "the radio did not confirm the packet (disconnected: the line is gone); "
          + "sending it again may duplicate it",
        "the packet was dropped before it was sent (stale)",
      ])
  }
}
