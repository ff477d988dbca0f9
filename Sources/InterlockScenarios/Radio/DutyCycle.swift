internal import Interlock
internal import InterlockLab
internal import InterlockRadio

extension Scenario {
  /// The allowance is asked about before the delay and charged after sending.
  static let dutyCycle: Scenario = {
    let packets = Parameter("packets", 3)
    let allowance = Parameter("allowance in milliseconds", 150)
    let delays: [Duration] = [.milliseconds(900), .milliseconds(1200), .milliseconds(1200)]
    return Scenario(
      "radio.duty-cycle",
      asks: "Can packets that each fit into the allowance exceed it together?",
      parameters: [packets, allowance], foundWithin: 10
    ) { lab, variant in
      let limit = Duration.milliseconds(allowance.value)
      let bench = PipelineBench(allowance: limit)
      let air = bench.modem.radio.air
      lab.invariant("time on air within the allowance") { air.value.airtime <= limit }
      lab.invariant("one transmission at a time") { air.value.emitting <= 1 }
      guard variant == .guarded else {
        let spent = AirtimeCounter(limit)
        await withTaskGroup(of: Void.self) { group in
          for number in 0..<packets.value {
            group.addTask(name: "packet-\(number)") {
              guard await spent.fits(bench.modem.airtime) else { return }
              await SystemClock().pause(for: delays[number])
              await bench.modem.radio.transmit(for: bench.modem.airtime)
              await spent.record(bench.modem.airtime)
            }
          }
        }
        return
      }
      await bench.running {
        await withTaskGroup(of: Void.self) { group in
          for number in 0..<packets.value {
            group.addTask(name: "packet-\(number)") {
              // Those that do not fit are dropped.
              _ = try? await bench.pipeline.transmit(
                bench.packet(number, delay: delays[number]))
            }
          }
        }
      }
      lab.check(air.value.frames == 1, "\(air.value.frames) packets sent, and one fits")
      lab.check(bench.isSettled, "the account is not settled")
    }
  }()
}

/// An account that is asked and charged in two steps.
private actor AirtimeCounter {
  private let allowance: Duration
  private var spent = Duration.zero

  init(_ allowance: Duration) { self.allowance = allowance }

  func fits(_ airtime: Duration) -> Bool { spent + airtime <= allowance }

  func record(_ airtime: Duration) { spent += airtime }
}
