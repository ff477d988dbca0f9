import Interlock
import InterlockModems
import InterlockRadio
import Testing

/// What a TNC keeps on the air is on the account: by a modulator of AX.25 written for this test.
@Suite struct TNCAirtimeTests {
  /// The bits of a frame between two flags, stuffed, with its check sequence.
  ///
  /// *Source:* ISO/IEC 13239; the check sequence is CRC-16/X-25, sent low bit first.
  private static func modulate(_ frame: [UInt8]) -> [Bool] {
    func bits(_ byte: UInt8) -> [Bool] { (0..<8).map { byte >> $0 & 1 == 1 } }
    var crc: UInt16 = 0xFFFF
    for bit in frame.flatMap(bits) {
      let isOdd = (crc & 1 == 1) != bit
      crc = crc >> 1 ^ (isOdd ? 0x8408 : 0)
    }
    crc = ~crc
    var stuffed: [Bool] = []
    var ones = 0
    for bit in (frame + [UInt8(crc & 0xFF), UInt8(crc >> 8)]).flatMap(bits) {
      stuffed.append(bit)
      ones = bit ? ones + 1 : 0
      if ones == 5 {
        stuffed.append(false)
        ones = 0
      }
    }
    let flag = bits(0x7E)
    return flag + stuffed + flag
  }

  /// A packet radio of 1200 bit/s that keys 300 ms before and 100 ms after each frame.
  private static func options() throws -> KISSTNCOptions {
    var options = KISSTNCOptions()
    options.pace = .bitsPerSecond(1200)
    options.access.transmitDelay = .milliseconds(300)
    options.access.transmitTail = .milliseconds(100)
    let header = try #require(AX25Header(destination: "MESHCO", source: "N0CALL-7"))
    options.wrapping = header
    return options
  }

  /// How long that radio is on the air with a frame.
  private static func onAir(_ frame: [UInt8]) throws -> Duration {
    let bits = modulate(try #require(options().wrapping).bytes + frame).count
    return .milliseconds(400) + .microseconds(bits * 1_000_000 / 1200)
  }

  private static func machine(_ allowance: Duration) throws -> TransmitMachine {
    var dutyCycle = DutyCyclePolicy.windows(
      [RollingBudget.Limit(window: .seconds(3600), allowance: allowance)], name: "test")
    dutyCycle.floodPermille = 1000
    var policy = TransmitPolicy()
    policy.listensBeforeTalk = false
    let tnc = KISSTNCMachine(settings: Workbench.settings, options: try options())
    return TransmitMachine(
      lora: Workbench.settings.lora, timing: tnc.timing(with: Workbench.settings),
      ledger: AirtimeLedger(policy: dutyCycle, at: .origin), policy: policy, seed: 1)
  }

  private static func request(_ frame: [UInt8], at now: Instant) -> TransmitRequest {
    TransmitRequest(
      frame: frame, label: PacketLabel(identifier: 1, type: "TXT_MSG", route: "flood"),
      origin: .relay, kind: .flood, priority: 1, receivedAt: now)
  }

  /// Sends one frame, if it is not refused, and lets it take as long as the air does.
  private static func send(
    _ frame: [UInt8], with machine: inout TransmitMachine, at now: inout Instant
  ) throws -> Submission {
    let submission = machine.submit(request(frame, at: now), at: now)
    guard case .accepted = submission else { return submission }
    guard case .send(let call) = machine.enter(at: now) else { return submission }
    #expect(machine.launch(call, at: now) == frame)
    now = now.advanced(by: try onAir(frame))
    machine.completed(call, .sent(onAir: nil), at: now)
    #expect(machine.step(at: now) == .leave)
    return submission
  }

  @Test(arguments: UInt64(1)...20)
  func `radio.D1 what a TNC sends around a frame is debited, and little more`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var machine = try Self.machine(.seconds(60))
    var now = Instant.origin
    var truth = Duration.zero
    for _ in 0..<1000 {
      let density = UInt8.random(in: 0...255, using: &random)
      let frame = (0..<Int.random(in: 1...255, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random) | density
      }
      guard case .accepted = try Self.send(frame, with: &machine, at: &now) else { break }
      truth += try Self.onAir(frame)
    }
    let totals = machine.snapshot(at: now).airtimeTotals
    #expect(totals.sent >= truth, "seed \(seed)")
    #expect(totals.sent <= truth * 6 / 5, "seed \(seed)")
    #expect(truth > .seconds(40) && truth <= .seconds(60), "seed \(seed): \(truth)")
  }

  @Test func `advice, gate, deadline, sums and receptions count what the TNC sends`() throws {
    // 50 bytes, a header of 16 and a check of 2 are 544 bits; 108 stuffed at most and two flags.
    let debit = Duration.milliseconds(400) + .microseconds((544 + 108 + 16) * 1_000_000 / 1200 + 1)
    let frame = [UInt8](repeating: 0x55, count: 50)
    var machine = try Self.machine(debit * 2)
    var now = Instant.origin
    #expect(machine.submit(Self.request(frame, at: now), at: now) != .refused(.dutyCycleAdvisory))
    guard case .send(let call) = machine.enter(at: now) else {
      Issue.record("nothing was sent")
      return
    }
    #expect(machine.snapshot(at: now).airtime.map(\.pending) == [debit])
    _ = machine.launch(call, at: now)
    // The queue may take a minute to empty, and is looked at now and then.
    #expect(machine.step(at: now) == .wait(until: now.advanced(by: debit + .milliseconds(61_100))))
    now = now.advanced(by: debit)
    machine.completed(call, .sent(onAir: nil), at: now)
    #expect(machine.snapshot(at: now).airtimeTotals.sent == debit)
    _ = machine.step(at: now)

    // One more fits exactly, and with one byte more it does not.
    let larger = frame + [0]
    #expect(
      machine.submit(Self.request(larger, at: now), at: now) == .refused(.dutyCycleAdvisory))
    guard case .accepted = try Self.send(frame, with: &machine, at: &now) else {
      Issue.record("what fits was refused")
      return
    }
    #expect(machine.snapshot(at: now).airtime.map(\.spent) == [debit * 2])

    machine.recordReception(ofBytes: 50)
    #expect(machine.snapshot(at: now).airtimeTotals.received == debit - .milliseconds(400))
  }
}
