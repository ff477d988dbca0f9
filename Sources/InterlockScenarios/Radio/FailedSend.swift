internal import Interlock
internal import InterlockLab

extension Scenario {
  /// A send fails, or is cancelled, between the check and the debit.
  static let failedSend: Scenario = {
    let packets = Parameter("packets", 2)
    let airtime = Duration.milliseconds(100)
    return Scenario(
      "radio.failed-send",
      asks:
        "Is every frame paid for, and only those that were sent, when sends fail or are cancelled?",
      parameters: [packets], faults: FaultPlan(cancellations: 1, errors: 1), foundWithin: 52
    ) { lab, variant in
      let radio = HalfDuplexRadio()
      let account = Watched(
        RollingBudget(limits: [.init(window: .seconds(60), allowance: airtime * 2)]))
      let charged = Watched(Duration.zero)
      @Sendable func emit() async throws {
        try await lab.fault("radio.send")
        try Task.checkCancellation()
        await radio.begin(airtime)
        await Task.yield()
        await radio.end()
      }
      @Sendable func sendUnguarded() async throws {
        guard charged.value + airtime <= airtime * 2 else { return }
        try await emit()
        // Telling the others what was sent comes first, and may be cancelled.
        try await SystemClock().sleep(for: .milliseconds(10))
        charged.change { $0 += airtime }
      }
      @Sendable func sendGuarded() async throws {
        let now = SystemClock().now
        guard case .granted(let id) = account.change({ $0.reserve(airtime, at: now) }) else {
          return
        }
        do {
          try await emit()
        } catch {
          account.change { _ = $0.settle(id, as: .notSent) }
          throw error
        }
        account.change { _ = $0.settle(id, as: .sent(start: now, end: now.advanced(by: airtime))) }
      }
      if variant == .guarded {
        lab.invariant("what is on the air is reserved or paid for") {
          let statistics = account.value.statistics
          return radio.air.value.airtime <= statistics.spent + account.value.pendingAmount
        }
      }
      lab.invariant("time on air within the allowance") { radio.air.value.airtime <= airtime * 2 }
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<packets.value {
          group.addTask(name: "packet-\(number)") {
            // A failed send is what is tried here.
            try? await variant == .guarded ? sendGuarded() : sendUnguarded()
          }
        }
      }
      let spent = variant == .guarded ? account.value.statistics.spent : charged.value
      lab.check(
        spent == radio.air.value.airtime && account.value.pendingAmount == .zero,
        "\(spent) charged, \(radio.air.value.airtime) on the air")
    }
  }()
}
