internal import Interlock
internal import InterlockLab

extension Scenario {
  /// Two delays end together, and both drive the radio.
  static let interleavedTransmissions: Scenario = {
    let packets = Parameter("packets", 3)
    let delays: [Duration] = [.milliseconds(500), .milliseconds(500), .milliseconds(800)]
    return Scenario(
      "radio.interleaved-tx",
      asks: "Can two packets whose delays end together be on the air at once?",
      parameters: [packets], foundWithin: 44
    ) { lab, variant in
      let radio = HalfDuplexRadio()
      let section = AsyncMutex((), name: "radio")
      lab.invariant("one transmission at a time") { radio.air.value.emitting <= 1 }
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<packets.value {
          group.addTask(name: "packet-\(number)") {
            await SystemClock().pause(for: delays[number])
            @Sendable func send() async {
              await radio.begin(.zero)
              await Task.yield()
              await radio.end()
            }
            if variant == .guarded {
              // Taken after the delay, so that delays run side by side; nobody cancels the wait.
              try? await section.withLock { _ in await send() }
            } else {
              await send()
            }
          }
        }
      }
      lab.check(radio.air.value.frames == packets.value, "\(radio.air.value.frames) packets sent")
      lab.check(lab.elapsed == .milliseconds(800), "the delays took \(lab.elapsed) together")
    }
  }()
}
