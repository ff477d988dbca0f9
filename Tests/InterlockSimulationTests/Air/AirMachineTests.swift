import Interlock
import InterlockRadio
import Testing

@testable import InterlockSimulation

/// Three radios with losses said outright: 0 and 2 send, 1 listens.
///
/// At 14 dBm, with 2 dBi at both ends, a loss of 120 dB arrives with -102 dBm, 18 dB above the noise.
private struct Triple {
  var air: AirMachine
  let left = RadioID(index: 0)
  let middle = RadioID(index: 1)
  let right = RadioID(index: 2)
  /// A frame of 30 bytes lasts 443.392 ms; its preamble 148.48 ms, critical from 110.592 ms on.
  static let frame = [UInt8](repeating: 0xA5, count: 30)
  static let airtime = Duration.microseconds(443_392)

  init(leftLoss: Double = 120, rightLoss: Double = 120, between: Double? = nil) {
    air = AirMachine(
      Topology(
        positions: Topology.line(3, spacing: 1_000).positions,
        links: [
          Topology.Link(first: 0, second: 1, lossDB: leftLoss),
          Topology.Link(first: 1, second: 2, lossDB: rightLoss),
          Topology.Link(first: 0, second: 2, lossDB: between),
        ]), settings: .narrow, seed: 1)
  }

  /// Sends and lets the air fall silent; tells what was decoded as (to, from).
  mutating func play(_ sends: [(RadioID, milliseconds: Int64)]) -> [[Int]] {
    for (radio, milliseconds) in sends {
      air.transmit(Self.frame, from: radio, at: .milliseconds(milliseconds))
    }
    return air.silence().compactMap {
      guard case .delivered(_, let hearer, let sender) = $0 else { return nil }
      return [hearer.index, sender.index]
    }
  }
}

extension Instant {
  static func milliseconds(_ count: Int64) -> Instant {
    Instant(nanoseconds: count * 1_000_000)
  }
}

extension AirMachine {
  /// Runs until nothing is on the air; tells all that happened.
  mutating func silence() -> [AirEvent] {
    while let next = nextInstant { advance(to: next) }
    var events: [AirEvent] = []
    while let event = nextEvent() { events.append(event) }
    return events
  }
}

@Suite struct AirMachineTests {
  @Test func `a frame arrives whole, at its end, with the signal of its link`() throws {
    var triple = Triple()
    let start = triple.air.transmit(Triple.frame, from: triple.left, at: .milliseconds(5))
    let end = Instant.milliseconds(5).advanced(by: Triple.airtime)
    #expect(start == .onAir(number: 1, until: end))
    triple.air.advance(to: end.advanced(byNanoseconds: -1))
    #expect(triple.air.nextEvent() == nil)
    // 14 + 2 + 2 - 120 dBm over -174 + 10 log10(62 500) + 6 = -120.04 dBm of noise.
    #expect(
      triple.air.silence() == [
        .finished(
          triple.left, number: 1, onAir: AirInterval(start: .milliseconds(5), end: end)),
        .delivered(
          ReceivedFrame(
            bytes: Triple.frame, snrQuarterDB: 72, rssiDBm: -102, receivedAt: end),
          to: triple.middle, from: triple.left),
      ])
  }

  @Test func `the threshold decides, to a tenth of a decibel`() {
    // 18 - (-120.04) = 138.04 dB leave 0 dB; SF8 decodes down to -10 dB.
    var heard = Triple(leftLoss: 147.9)
    #expect(heard.play([(heard.left, 0)]) == [[1, 0]])
    var unheard = Triple(leftLoss: 148.1)
    #expect(unheard.play([(unheard.left, 0)]) == [])
    #expect(unheard.air.statistics(of: unheard.middle).tooWeak == 1)
  }

  @Test func `hidden nodes collide at the one between and hear nothing of each other`() {
    var triple = Triple()
    #expect(triple.play([(triple.left, 0), (triple.right, 50)]) == [])
    #expect(triple.air.statistics(of: triple.middle).collided == 2)
    #expect(triple.air.statistics(of: triple.left).reached == 0)
    #expect(triple.air.statistics(of: triple.right).reached == 0)
  }

  @Test func `a hidden node finds the channel free while the other sends`() {
    var triple = Triple()
    triple.air.transmit(Triple.frame, from: triple.left, at: .origin)
    #expect(triple.air.activity(at: triple.right, .milliseconds(200)) == .clear)
    #expect(triple.air.activity(at: triple.middle, .milliseconds(200)) == .receiving)
  }

  @Test func `frames one after the other do not touch`() {
    var triple = Triple()
    triple.air.transmit(Triple.frame, from: triple.left, at: .origin)
    triple.air.transmit(
      Triple.frame, from: triple.right, at: Instant.origin.advanced(by: Triple.airtime))
    _ = triple.air.silence()
    #expect(triple.air.statistics(of: triple.middle).delivered == 2)
  }

  @Test(arguments: [(6.1, [[1, 0]]), (5.9, [])])
  func `a frame stronger by 6 dB survives, whichever began first`(
    margin: Double, expected: [[Int]]
  ) {
    var strongFirst = Triple(leftLoss: 120, rightLoss: 120 + margin)
    #expect(strongFirst.play([(strongFirst.left, 0), (strongFirst.right, 200)]) == expected)
    // Within the preamble of the weaker one the receiver is not committed yet.
    var weakFirst = Triple(leftLoss: 120, rightLoss: 120 + margin)
    #expect(weakFirst.play([(weakFirst.right, 0), (weakFirst.left, 140)]) == expected)
  }

  @Test func `a receiver that follows a weak frame is not won over by a strong one`() {
    var triple = Triple(leftLoss: 100, rightLoss: 120)
    #expect(triple.play([(triple.right, 0), (triple.left, 149)]) == [])
    #expect(triple.air.statistics(of: triple.middle).collided == 2)
  }

  @Test func `what is lost before the last five preamble symbols does no harm`() {
    // The left one ends at 443.392 ms; the right one becomes critical 110.592 ms after its start.
    var early = Triple()
    #expect(early.play([(early.left, 0), (early.right, 333)]) == [[1, 2]])
    var late = Triple()
    #expect(late.play([(late.left, 0), (late.right, 332)]) == [])
  }

  @Test func `what ends at the very instant another becomes critical does it no harm`() {
    var triple = Triple()
    let start = Instant.origin.advanced(by: Triple.airtime).advanced(
      byNanoseconds: -Reception.Timing(ModemSettings.narrow.lora).critical)
    triple.air.transmit(Triple.frame, from: triple.left, at: .origin)
    triple.air.transmit(Triple.frame, from: triple.right, at: start)
    _ = triple.air.silence()
    #expect(triple.air.statistics(of: triple.middle).delivered == 1)
  }

  @Test func `many weak interferers add up`() {
    // Seven dB below each; two together are only four dB below.
    var air = AirMachine(Topology.star(leaves: 3, radius: 500), settings: .narrow, seed: 1)
    let hub = RadioID(index: 0)
    let leaves = (1...3).map { RadioID(index: $0) }
    air.setLoss(113, between: hub, and: leaves[0])
    air.setLoss(120, between: hub, and: leaves[1])
    air.setLoss(120, between: hub, and: leaves[2])
    air.transmit(Triple.frame, from: leaves[0], at: .origin)
    air.transmit(Triple.frame, from: leaves[1], at: .milliseconds(10))
    _ = air.silence()
    #expect(air.statistics(of: hub).delivered == 1)
    air.transmit(Triple.frame, from: leaves[0], at: .milliseconds(1_000))
    air.transmit(Triple.frame, from: leaves[1], at: .milliseconds(1_010))
    air.transmit(Triple.frame, from: leaves[2], at: .milliseconds(1_020))
    _ = air.silence()
    #expect(air.statistics(of: hub).delivered == 1)
    #expect(air.statistics(of: hub).collided == 4)
  }

  @Test func `a radio that sends hears nothing`() {
    var triple = Triple(between: 120)
    #expect(triple.play([(triple.left, 0), (triple.middle, 300)]) == [])
    #expect(triple.air.statistics(of: triple.middle).deaf == 1)
    #expect(triple.air.statistics(of: triple.left).deaf == 1)
    #expect(triple.air.statistics(of: triple.right).collided == 2)
  }

  @Test func `a radio that stops sending in time hears what then becomes critical`() {
    var triple = Triple(between: 120)
    #expect(triple.play([(triple.middle, 0), (triple.left, 340)]) == [[1, 0], [2, 0]])
    #expect(triple.air.statistics(of: triple.middle).delivered == 1)
  }

  @Test func `carrier sense takes two symbols and tells receiving from busy`() {
    var triple = Triple(between: 120)
    triple.air.transmit(Triple.frame, from: triple.left, at: .milliseconds(100))
    #expect(triple.air.activity(at: triple.middle, .milliseconds(108)) == .clear)
    #expect(triple.air.activity(at: triple.middle, .milliseconds(109)) == .receiving)
    #expect(triple.air.activity(at: triple.left, .milliseconds(110)) == .busy)
    // Its own transmission spoils what arrives; the rest of it is noise to a listener.
    triple.air.transmit([0x01], from: triple.middle, at: .milliseconds(220))
    #expect(triple.air.activity(at: triple.middle, .milliseconds(440)) == .busy)
    #expect(triple.air.activity(at: triple.middle, .milliseconds(1_000)) == .clear)
  }

  @Test func `sending twice at once is refused and recorded`() {
    var triple = Triple()
    triple.air.transmit(Triple.frame, from: triple.left, at: .origin)
    let end = Instant.origin.advanced(by: Triple.airtime)
    #expect(
      triple.air.transmit(Triple.frame, from: triple.left, at: .milliseconds(443))
        == .overlapping(until: end))
    #expect(
      triple.air.violations == [
        OverlapViolation(radio: triple.left, attemptedAt: .milliseconds(443), busyUntil: end)
      ])
    #expect(triple.air.statistics(of: triple.left).sent == 1)
    #expect(
      triple.air.transmit(Triple.frame, from: triple.left, at: end) != .overlapping(until: end))
    #expect(triple.air.violationCount == 1)
  }

  @Test func `another channel and another spreading factor are silence`() {
    for change: (inout LoRaSettings) -> Void in [
      { $0.frequencyHz += 250_000 }, { $0.spreadingFactor = 9 }, { $0.bandwidthHz = 125_000 },
    ] {
      var triple = Triple()
      var settings = ModemSettings.narrow
      change(&settings.lora)
      triple.air.tune(triple.right, to: settings, at: .origin)
      #expect(triple.play([(triple.left, 0), (triple.right, 10)]) == [[1, 0]])
      #expect(triple.air.statistics(of: triple.middle).reached == 1)
    }
  }

  @Test func `retuning loses what is arriving`() {
    var triple = Triple()
    triple.air.transmit(Triple.frame, from: triple.left, at: .origin)
    var settings = ModemSettings.narrow
    settings.transmitPowerDBm = 20
    triple.air.tune(triple.middle, to: settings, at: .milliseconds(400))
    #expect(triple.play([]) == [])
    #expect(triple.air.statistics(of: triple.middle).deaf == 1)
  }

  @Test func `more power is heard as such`() {
    var triple = Triple()
    let before = triple.air.rssi(of: triple.left, at: triple.middle)
    var settings = ModemSettings.narrow
    settings.transmitPowerDBm = 20
    triple.air.tune(triple.left, to: settings, at: .origin)
    #expect(triple.air.rssi(of: triple.left, at: triple.middle) == before + 6)
  }
}
