import BenchHarness
import Interlock
import InterlockMeshCore
import InterlockRadio

/// What rules on the text of channel messages cost: each message is new, long, and relayed.
///
/// However many rules look at a packet, it is opened once. The last case is the worst that strangers
/// can send to the worst list of channels: every key has the packet's hash, and none opens it.
let meshCoreRules = Benchmark(
  name: "meshcore-rules",
  workload: "decide about a new message of 128 bytes on a known channel; per message",
  operations: 200_000,
  cases: [
    .init(name: "no rules", mostAllocations: 1.1) { count in
      var load = MessagesUnderRules(rules: 0)
      blackHole(load.hear(count))
    },
    .init(name: "1 rule on the text", mostAllocations: 12) { count in
      var load = MessagesUnderRules(rules: 1)
      blackHole(load.hear(count))
    },
    .init(name: "64 rules on the text", mostAllocations: 12) { count in
      var load = MessagesUnderRules(rules: 64)
      blackHole(load.hear(count))
    },
    .init(name: "64 rules, 40 keys of its hash, none fits", mostAllocations: 1.1) { count in
      var load = MessagesUnderRules(rules: 64, strangers: true)
      blackHole(load.hear(count))
    },
  ])

/// A repeater that hears the messages of a channel over and over, each time after it has forgotten
/// them.
private struct MessagesUnderRules {
  private static let count = 4096
  private static let key = [UInt8](repeating: 7, count: 16)

  private static let frames: [[UInt8]] = {
    guard let channel = Channel(key: key) else { fatalError("a key has 16 bytes") }
    return (0..<count).map { number in
      let text = "sender: " + String(repeating: "a", count: 115) + " \(1000 + number)"
      let message = TextMessage(timestamp: UInt32(number), text: text)
      let payload = ChannelEnvelope(sealing: message.plaintext, for: channel).payload
      guard let packet = Packet(route: .flood, type: .groupText, payload: payload) else {
        fatalError("a message fits into a packet")
      }
      return packet.frame
    }
  }()

  /// As many keys as a node may know, all with the channel's hash.
  private static let strangers: [NamedChannel] = {
    var found: [NamedChannel] = []
    var number: UInt16 = 0
    while found.count < NamedChannel.maximumCount, number < .max {
      number += 1
      let bytes = [UInt8(number >> 8), UInt8(number & 255)] + [UInt8](repeating: 1, count: 14)
      guard let stranger = NamedChannel("\(number)", key: bytes) else { continue }
      if stranger.channel.hash == Channel(key: key)?.hash { found.append(stranger) }
    }
    return found
  }()

  private var machine: RepeaterMachine
  private var now = Instant.origin

  init(rules: Int, strangers: Bool = false) {
    machine = benchRepeater()
    var configuration = machine.configuration
    configuration.channels =
      strangers ? Self.strangers : [NamedChannel("crew", key: Self.key)].compactMap(\.self)
    configuration.rules = (0..<rules).map { number in
      var rule = ForwardingRule(.drop)
      rule.text = TextPattern("*spam \(number)*")
      return rule
    }
    machine.setConfiguration(configuration)
  }

  /// Hears so many messages; gives the number of bytes to send.
  mutating func hear(_ count: Int) -> Int {
    let frames = Self.frames
    var bytes = 0
    for index in 0..<count {
      let place = index % frames.count
      // A new hour begins with each pass, so that its messages are new again.
      if place == 0 { now = now.advanced(by: .seconds(3601)) }
      let verdict = machine.receive(
        ReceivedFrame(bytes: frames[place], snrQuarterDB: 24, rssiDBm: -90, receivedAt: now),
        at: now)
      precondition(verdict == .relayed, "\(verdict)")
      while let action = machine.nextAction() {
        if case .transmit(let outgoing) = action { bytes += outgoing.bytes.count }
      }
    }
    return bytes
  }
}
