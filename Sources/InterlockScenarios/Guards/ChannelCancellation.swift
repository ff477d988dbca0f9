internal import Interlock
internal import InterlockLab

extension Scenario {
  /// A receiver is handed an element and cancelled at the same time.
  static let channelCancellation: Scenario = {
    let elements = Parameter("elements", 2)
    return Scenario(
      "guard.channel-cancel",
      asks: "Is an element received once when the receiver it was handed to is cancelled?",
      parameters: [elements], syncPoints: true, foundWithin: 28
    ) { lab, variant in
      let channel = BoundedChannel<Int>(capacity: 1, name: "channel")
      let hasty = HastyChannel(1)
      let received = Watched<[Int]>([])
      lab.invariant("no element is received twice") {
        Set(received.value).count == received.value.count
      }
      @Sendable func receive() async throws -> Int? {
        let element = try await variant == .guarded ? channel.receive() : hasty.receive()
        if let element { received.change { $0.append(element) } }
        return element
      }
      // Owner: this body, which waits for it.
      let cancelled = Task(name: "cancelled") { _ = try? await receive() }
      await withTaskGroup(of: Void.self) { group in
        group.addTask(name: "sender") {
          // Nobody cancels it, or finishes before it.
          for element in 0..<elements.value {
            try? await variant == .guarded ? channel.send(element) : hasty.send(element)
          }
          variant == .guarded ? channel.finish() : hasty.finish()
        }
        group.addTask(name: "receiver") { while let _ = try? await receive() {} }
        group.addTask(name: "canceller") { cancelled.cancel() }
      }
      await cancelled.value
      lab.check(
        Set(received.value) == Set(0..<elements.value),
        "received \(received.value) of \(elements.value) elements")
    }
  }()
}
