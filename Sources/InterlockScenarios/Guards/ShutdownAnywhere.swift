internal import Interlock
internal import InterlockLab
internal import InterlockRadio

extension Scenario {
  /// The sending side is shut down, whatever it does.
  static let shutdownAnywhere: Scenario = {
    let packets = Parameter("packets", 2)
    return Scenario(
      "guard.shutdown-anywhere",
      asks:
        "Does every packet end once, and nothing go on air after, when sending is stopped anywhere?",
      parameters: [packets], syncPoints: true, foundWithin: 10
    ) { lab, variant in
      let bench = PipelineBench(allowance: nil)
      let air = bench.modem.radio.air
      let ended = Watched<[UInt64]>([])
      let taken = Watched<[UInt64]>([])
      let framesAtStop = Watched<Int?>(nil)
      lab.invariant("one transmission at a time") { air.value.emitting <= 1 }
      lab.invariant("each packet ends once") { Set(ended.value).count == ended.value.count }
      lab.invariant("nothing goes on air after the stop") {
        framesAtStop.value.map { air.value.frames == $0 && air.value.emitting == 0 } ?? true
      }
      let line = HastySender(bench.modem)
      @Sendable func submit(_ number: UInt64) {
        if variant == .guarded {
          let answer = bench.pipeline.submit(bench.packet(Int(number))) { report in
            ended.change { $0.append(report.label.identifier) }
          }
          guard case .accepted = answer else { return }
        } else {
          guard line.submit({ ended.change { $0.append(number) } }) else { return }
        }
        taken.change { $0.append(number) }
      }
      // While the first packet is on the air, before anything is, as the first one ends, while the second is.
      let airtime = bench.modem.airtime
      let moments: [Duration] = [.milliseconds(60), .zero, airtime, airtime + .milliseconds(60)]
      let moment = moments[lab.choose(moments.count)]
      @Sendable func stop() async {
        let before = taken.value
        variant == .guarded ? await bench.pipeline.stop() : await line.stop()
        framesAtStop.change { $0 = air.value.frames }
        lab.check(
          Set(before).isSubset(of: ended.value), "stopped: \(before) taken, \(ended.value) ended")
      }
      await withTaskGroup(of: Void.self) { group in
        // It ends by the stop, or by the cancellation below.
        group.addTask(name: "sending") {
          if variant == .guarded { try? await bench.pipeline.run() } else { await line.run() }
        }
        // A stop would not reach it before.
        if variant == .guarded { await bench.begun() }
        await withTaskGroup(of: Void.self) { group in
          for number in 0..<packets.value {
            group.addTask(name: "packet-\(number)") {
              await SystemClock().pause(for: .milliseconds(60 * number))
              submit(UInt64(number))
            }
          }
          group.addTask(name: "stop") {
            await SystemClock().pause(for: moment)
            await stop()
          }
        }
        group.cancelAll()
      }
      // A packet that came too early for the run was taken by it all the same.
      lab.check(
        Set(taken.value) == Set(ended.value), "over: \(taken.value) taken, \(ended.value) ended")
    }
  }()
}

/// A line of packets as it is often written: to stop it is to say so, and what waits is forgotten.
private final class HastySender: Sendable {
  private struct State: Sendable {
    var waiting: [@Sendable () -> Void] = []
    var isStopped = false
  }

  private let modem: ModelModem
  private let state = Watched(State())
  private let bell = Doorbell()

  init(_ modem: ModelModem) { self.modem = modem }

  func submit(_ whenSent: @escaping @Sendable () -> Void) -> Bool {
    guard
      state.change({ state in
        if !state.isStopped { state.waiting.append(whenSent) }
        return !state.isStopped
      })
    else { return false }
    bell.ring()
    return true
  }

  func run() async {
    while !state.value.isStopped {
      bell.hush()
      let next = state.change { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
      if let next {
        await modem.radio.transmit(for: modem.airtime)
        next()
      } else if !state.value.isStopped {
        guard await bell.wait() == .rung else { return }
      }
    }
  }

  func stop() async {
    state.change { $0.isStopped = true }
    bell.ring()
  }
}
