internal import Interlock
internal import InterlockLab
internal import InterlockRadio

extension Scenario {
  /// A budget, which is a value, is copied, changed over an await, and put back.
  static let budgetCopy: Scenario = {
    let packets = Parameter("packets", 3)
    let fitting = Parameter("packets that fit", 1)
    let fittingLater = Parameter("packets that fit later", 2)
    return Scenario(
      "guard.budget-pipeline",
      asks: "Does a rolling budget hold while packets come and the allowance changes?",
      parameters: [packets, fitting, fittingLater], syncPoints: true, foundWithin: 10
    ) { lab, variant in
      let modem = ModelModem()
      let allowance = Watched(modem.airtime * fitting.value)
      let allowanceLater = modem.airtime * fittingLater.value
      let bench = PipelineBench(modem, allowance: allowance.value)
      let air = modem.radio.air
      lab.invariant("time on air within the allowance") { air.value.airtime <= allowance.value }
      lab.invariant("the account covers what is on the air") {
        guard variant == .guarded else { return true }
        let budget = bench.pipeline.ledger.budget
        return air.value.airtime <= budget.statistics.spent + budget.pendingAmount
      }
      guard variant == .guarded else {
        @Sendable func limits(_ allowance: Duration) -> [RollingBudget.Limit] {
          [.init(window: .seconds(60), allowance: allowance)]
        }
        let shared = Watched(RollingBudget(limits: limits(allowance.value)))
        await withTaskGroup(of: Void.self) { group in
          for number in 0..<packets.value {
            group.addTask(name: "packet-\(number)") {
              var budget = shared.value
              let now = SystemClock().now
              guard case .granted(let id) = budget.reserve(modem.airtime, at: now) else { return }
              await modem.radio.transmit(for: modem.airtime)
              budget.settle(id, as: .sent(start: now, end: SystemClock().now))
              shared.change { [budget] in $0 = budget }
            }
          }
          group.addTask(name: "settings") {
            allowance.change { $0 = allowanceLater }
            shared.change { $0.setLimits(limits(allowanceLater)) }
          }
        }
        return
      }
      await bench.running {
        await withTaskGroup(of: Void.self) { group in
          for number in 0..<packets.value {
            group.addTask(name: "packet-\(number)") {
              // Those that do not fit are dropped.
              _ = try? await bench.pipeline.transmit(bench.packet(number))
            }
          }
          group.addTask(name: "settings") {
            allowance.change { $0 = allowanceLater }
            // Nobody cancels it, and the modem is told nothing.
            try? await bench.pipeline.apply(dutyCycle: PipelineBench.dutyCycle(allowanceLater))
          }
        }
      }
      lab.check(
        (fitting.value...fittingLater.value).contains(air.value.frames),
        "\(air.value.frames) packets sent")
      lab.check(
        bench.pipeline.ledger.policy == PipelineBench.dutyCycle(allowanceLater),
        "the allowance is as before")
      lab.check(bench.isSettled, "the account is not settled")
    }
  }()
}
