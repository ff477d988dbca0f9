import Interlock
import InterlockRadio
import TestSupport
import Testing

@testable import InterlockSimulation

/// Random traffic without any listening: as many collisions as can be had.
private struct Traffic {
  var air: AirMachine
  var generator: SeededGenerator
  var events: [AirEvent] = []
  var onAir: [(radio: RadioID, interval: AirInterval)] = []

  init(seed: UInt64, radios: Int, sends: Int) {
    let settings = ModemSettings.narrow
    air = AirMachine(
      .neighbourhood(radios, radius: 6_000, reach: 3_000, seed: seed), settings: settings,
      seed: seed)
    generator = SeededGenerator(seed: seed)
    var now = Instant.origin
    for _ in 0..<sends {
      now = now.advanced(by: .microseconds(Int.random(in: 0...600_000, using: &generator)))
      let radio = RadioID(index: Int.random(in: 0..<radios, using: &generator))
      let frame = [UInt8](repeating: 7, count: Int.random(in: 1...255, using: &generator))
      if case .onAir(_, let until) = air.transmit(frame, from: radio, at: now) {
        onAir.append((radio, AirInterval(start: now, end: until)))
      }
    }
    events = air.silence()
  }
}

@Suite(.tags(.property), .ownThread) struct AirPropertyTests {
  @Test(arguments: 0..<20 as Range<UInt64>)
  func `every transmission ends at every radio in reach in exactly one way`(seed: UInt64) {
    let traffic = Traffic(seed: seed, radios: 12, sends: 400)
    var reached = 0
    for index in 0..<12 {
      let statistics = traffic.air.statistics(of: RadioID(index: index))
      #expect(statistics.reached == statistics.ended, "seed \(seed)")
      reached += statistics.reached
    }
    #expect(reached > 1_000, "seed \(seed) tests nothing")
    let totals = traffic.air.totals
    #expect(totals.delivered > 0 && totals.collided > 0 && totals.deaf > 0, "seed \(seed)")
    var delivered = 0
    for case .delivered in traffic.events { delivered += 1 }
    #expect(delivered == totals.delivered, "seed \(seed)")
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `what is delivered was alone or stronger by 6 dB, and the hearer was silent`(seed: UInt64) {
    let traffic = Traffic(seed: seed, radios: 12, sends: 400)
    let timing = Reception.Timing(ModemSettings.narrow.lora)
    for case .delivered(let frame, let hearer, let sender) in traffic.events {
      guard
        let own = traffic.onAir.first(where: {
          $0.radio == sender && $0.interval.end == frame.receivedAt
        })
      else {
        Issue.record("seed \(seed): a frame was delivered that nobody sent")
        continue
      }
      let fatalFrom = own.interval.start.advanced(byNanoseconds: timing.critical)
      let others = traffic.onAir.filter {
        $0.interval.start < own.interval.end && fatalFrom < $0.interval.end
          && $0.interval != own.interval
      }
      #expect(!others.contains { $0.radio == hearer }, "seed \(seed)")
      let power = traffic.air.rssi(of: sender, at: hearer)
      for other in others where other.radio != sender {
        #expect(
          power - traffic.air.rssi(of: other.radio, at: hearer) >= Reception.captureDB,
          "seed \(seed)")
      }
    }
  }

  @Test func `no radio is ever on the air twice, and every refused attempt is recorded`() {
    let traffic = Traffic(seed: 3, radios: 3, sends: 600)
    #expect(traffic.air.violationCount == 600 - traffic.onAir.count)
    #expect(traffic.air.violationCount > 0)
    for index in 0..<3 {
      let own = traffic.onAir.filter { $0.radio.index == index }
      for (first, second) in zip(own, own.dropFirst()) {
        #expect(first.interval.end <= second.interval.start)
      }
    }
  }

  @Test func `one seed gives one course of events, another a different one`() {
    let events = Traffic(seed: 11, radios: 12, sends: 300).events
    #expect(events == Traffic(seed: 11, radios: 12, sends: 300).events)
    #expect(events != Traffic(seed: 12, radios: 12, sends: 300).events)
  }

  @Test func `airtime is what the settings say, sum of all frames`() {
    let traffic = Traffic(seed: 5, radios: 12, sends: 300)
    let expected = traffic.onAir.reduce(Duration.zero) { $0 + $1.interval.duration }
    #expect(traffic.air.totals.airtime == expected)
    #expect(traffic.air.totals.sent == traffic.onAir.count)
  }
}
