internal import Interlock
internal import InterlockLab

extension Scenario {
  /// Callbacks for one address come in before the first attempt is recorded.
  static let connectStorm: Scenario = {
    let callbacks = Parameter("discovery callbacks", 4)
    let addresses = Parameter("addresses", 2)
    return Scenario(
      "ble.connect-storm",
      asks: "Does a storm of discoveries lead to one connection attempt for each address?",
      parameters: [callbacks, addresses], foundWithin: 568
    ) { lab, variant in
      let stack = BluetoothStack()
      let gate = AttemptGateModel(interval: .seconds(5))
      let connecting = Watched<Set<Int>>([])
      lab.invariant("no operation is already in progress") { stack.log.value.refused == 0 }
      lab.invariant("no more attempts than addresses") {
        stack.log.value.attempts <= addresses.value
      }
      await withTaskGroup(of: Void.self) { group in
        for callback in 0..<callbacks.value {
          group.addTask(name: "callback-\(callback)") {
            let address = callback % addresses.value
            if variant == .guarded {
              // A failed attempt is made again on the next discovery.
              _ = try? await gate.attempt(address) { try await stack.connect(to: address) }
            } else {
              guard !connecting.value.contains(address), await stack.isPowered else { return }
              connecting.change { $0 = $0.union([address]) }
              try? await stack.connect(to: address)
            }
          }
        }
      }
    }
  }()
}
