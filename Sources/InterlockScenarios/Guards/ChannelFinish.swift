internal import Interlock
internal import InterlockLab

extension Scenario {
  /// A channel is finished while a sender waits for room.
  static let channelFinish: Scenario = {
    let senders = Parameter("senders", 2)
    return Scenario(
      "guard.channel-finish",
      asks: "Is what a sender was told it had handed over received when the channel is finished?",
      parameters: [senders], syncPoints: true, foundWithin: 48
    ) { lab, variant in
      let channel = BoundedChannel<Int>(capacity: 1, name: "channel")
      let hasty = HastyChannel(1)
      let sent = Watched<Set<Int>>([])
      let received = Watched<Set<Int>>([])
      lab.invariant("nothing is received that was not sent") {
        received.value.isSubset(of: Set(0..<senders.value))
      }
      await withTaskGroup(of: Void.self) { group in
        for sender in 0..<senders.value {
          group.addTask(name: "sender-\(sender)") {
            do {
              try await variant == .guarded ? channel.send(sender) : hasty.send(sender)
            } catch {
              return  // it keeps its element
            }
            sent.change { $0 = $0.union([sender]) }
          }
        }
        group.addTask(name: "receiver") {
          while let element = try? await variant == .guarded ? channel.receive() : hasty.receive() {
            received.change { $0 = $0.union([element]) }
          }
        }
        group.addTask(name: "finisher") { variant == .guarded ? channel.finish() : hasty.finish() }
      }
      lab.check(sent.value == received.value, "sent \(sent.value), received \(received.value)")
    }
  }()
}
