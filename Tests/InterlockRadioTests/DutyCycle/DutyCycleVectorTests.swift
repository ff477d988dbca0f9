import Foundation
import Interlock
import InterlockRadio
import InterlockSimulation
import Testing

@Suite("Duty cycle, reference cases")
struct DutyCycleVectorTests {
  @Test func `radio.D13 the rolling minute answers exactly as its reference`() throws {
    for vector in try VectorFile.cases("dutycycle", list: "rollingWindow") {
      let id = vector["id"] as? String ?? "?"
      let window = Duration.nanoseconds(Int64(try vector.number("windowS") * 1e9))
      let cap = try vector.number("capMs")
      let limit = Duration.nanoseconds(Int64((cap * 1e6).rounded()))
      let policy =
        try vector.flag("enforcementEnabled")
        ? DutyCyclePolicy.perMinute(limit, window: window) : .unlimited
      var ledger = AirtimeLedger(policy: policy, at: .origin)
      for event in try vector.list("events") {
        let seconds = try event.number("atS")
        let now = at(seconds)
        let airtime = Duration.nanoseconds(Int64((try event.number("airtimeMs") * 1e6).rounded()))
        let hint = ledger.referenceWait(window: window, at: now) / .seconds(1)
        let answer = ledger.reserve(airtime, share: .full, at: now)
        var wait = hint
        if case .granted(let reservation) = answer {
          wait = 0
          let error = ModemError(.refused, "as the case wants it")
          ledger.settle(
            reservation, as: try event.flag("radioSucceeds") ? .sent(onAir: nil) : .notSent(error),
            at: now)
        }
        let comment = Comment(rawValue: "\(id) at \(seconds) s")
        #expect((wait == 0) == (try event.flag("allowed")), comment)
        #expect(abs(wait - (try event.number("waitS"))) < 1e-6, comment)
        guard let after = event["windowAirtimeMsAfter"] as? Double else { continue }
        let used = ledger.airtime(inLast: window, at: now) / .milliseconds(1)
        #expect(abs(used - after) < 1e-6, comment)
        #expect(
          abs(used / cap * 100 - (try event.number("utilizationPercentAfter"))) < 1e-5, comment)
      }
    }
  }

  @Test func `radio.D13 the firmware's budget starts transmissions within two milliseconds`() throws
  {
    for vector in try VectorFile.cases("dutycycle", list: "firmwareBudget") {
      let id = Comment(rawValue: vector["id"] as? String ?? "?")
      let radio = try #require(vector["radio"] as? [String: Any])
      let lora = LoRaSettings(
        frequencyHz: 869_525_000, bandwidthHz: UInt32(try radio.number("bw") * 1000),
        spreadingFactor: try radio.integer("sf"), codingRateDenominator: try radio.integer("cr"),
        preambleSymbols: try radio.integer("pre"))
      let settings = FirmwareBudget.Settings(
        airtimeFactor: Float(try vector.number("airtimeFactor")),
        window: .milliseconds(try vector.integer("windowMs")), for: lora)
      #expect(abs(Double(settings.dutyCycle) - (try vector.number("dutyCycle"))) < 1e-6, id)
      var dispatcher = FirmwareDispatcher(lora: lora, budget: settings)
      #expect(dispatcher.budgetMilliseconds == (try vector.integer("budgetAtStartMs")), id)
      dispatcher.run(
        try vector.list("enqueue").map {
          .init(
            at: Int64(try $0.integer("atMs")), bytes: try $0.integer("bytes"),
            priority: try $0.integer("priority"))
        }, forMilliseconds: Int64(try vector.integer("durationMs")),
        channelBusyUntil: Int64(try vector.integer("channelBusyForMs")))
      let expected = try vector.list("transmissions")
      #expect(dispatcher.transmissions.count == expected.count, id)
      for (made, wanted) in zip(dispatcher.transmissions, expected) {
        #expect(made.bytes == (try wanted.integer("bytes")), id)
        #expect(abs(made.start - Int64(try wanted.integer("startMs"))) <= 2, id)
      }
      #expect(abs(dispatcher.budgetMilliseconds - (try vector.integer("budgetAtEndMs"))) <= 2, id)
      #expect(dispatcher.airtimeMilliseconds == Int64(try vector.integer("totalAirtimeMs")), id)
      #expect(dispatcher.rejected == (try vector.integer("rejectedPoolFull")), id)
      #expect(dispatcher.flags.rawValue == (try vector.integer("errorFlags")), id)
    }
  }

  @Test func `leaving out the passes that change nothing changes nothing`() {
    let lora = RadioPreset.all[0].settings
    for seed: UInt64 in 0..<20 {
      var random = SeededGenerator(seed: seed)
      let factor = Float.random(in: 0...99, using: &random)
      let settings = FirmwareBudget.Settings(
        airtimeFactor: factor, window: .seconds(400), for: lora)
      var time: Int64 = 0
      let offers = (0..<60).map { _ in
        time += .random(in: 0...4000, using: &random)
        return FirmwareDispatcher.Offer(
          at: time, bytes: .random(in: 0...255, using: &random),
          priority: .random(in: 0...3, using: &random))
      }
      let busyUntil = Int64.random(in: 0...9000, using: &random)
      var swift = FirmwareDispatcher(lora: lora, budget: settings)
      swift.run(offers, forMilliseconds: 300_000, channelBusyUntil: busyUntil)
      var slow = FirmwareDispatcher(lora: lora, budget: settings)
      var waiting = offers[...]
      for now in 0...Int64(300_000) {
        while let offer = waiting.first, offer.at <= now {
          slow.offer(offer)
          waiting.removeFirst()
        }
        slow.step(at: now, channelIsBusy: now < busyUntil)
      }
      #expect(swift.transmissions == slow.transmissions, "seed \(seed)")
      #expect(swift.budgetMilliseconds == slow.budgetMilliseconds, "seed \(seed)")
      #expect(swift.rejected == slow.rejected, "seed \(seed)")
    }
  }
}
