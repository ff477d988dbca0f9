internal import Interlock
internal import InterlockLab

extension Scenario {
  /// An attempt that is cancelled leaves its mark behind, and nobody connects any more.
  static let gateStuck: Scenario = {
    let callers = Parameter("callers", 3)
    let address = 1
    return Scenario(
      "ble.gate-stuck",
      asks: "Can an attempt be made after one was cancelled, wherever it was?",
      parameters: [callers], faults: .cancelAnywhere, foundWithin: 32
    ) { lab, variant in
      let stack = BluetoothStack()
      let gate = AttemptGateModel(interval: .seconds(5))
      let connecting = Watched<Set<Int>>([])
      lab.invariant("no operation is already in progress") { stack.log.value.refused == 0 }
      @Sendable func connect() async throws {
        if variant == .guarded {
          _ = try await gate.attempt(address) { try await stack.connect(to: address) }
        } else {
          let isFirst = connecting.change { connecting in connecting.insert(address).inserted }
          guard isFirst else { return }
          try await stack.connect(to: address)
          connecting.change { $0 = $0.subtracting([address]) }
        }
      }
      await withTaskGroup(of: Void.self) { group in
        for caller in 0..<callers.value {
          group.addTask(name: "caller-\(caller)") {
            await SystemClock().pause(for: .seconds(6 * caller))
            // A cancelled attempt is what is tried here.
            try? await connect()
          }
        }
      }
      let isFree = variant == .guarded ? gate.isFree : connecting.value.isEmpty
      lab.check(isFree, "nobody is connecting, and the address is still marked")
    }
  }()
}
