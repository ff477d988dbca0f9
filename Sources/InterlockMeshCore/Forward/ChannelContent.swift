/// What a packet says on a channel, opened when a rule first asks and then only once.
///
/// Several channels may have the packet's one-byte hash: each costs one MAC until one fits. The MAC
/// has two bytes, so a stranger's packet fits by chance once in 65 536 times; all that follows is
/// what a rule does with one packet.
struct ChannelContent {
  private enum State {
    case unopened
    case opened(ChannelMessage?)
  }

  private let packet: Packet
  private let channels: [NamedChannel]
  private var state = State.unopened

  init(of packet: Packet, among channels: [NamedChannel]) {
    self.packet = packet
    self.channels = channels
  }

  /// The message; nil when it is none to a channel with a known key.
  mutating func message() -> ChannelMessage? {
    if case .opened(let message) = state { return message }
    let message = open()
    state = .opened(message)
    return message
  }

  private func open() -> ChannelMessage? {
    guard packet.isForChannel, let envelope = ChannelEnvelope(parsing: packet.payload) else {
      return nil
    }
    for known in channels {
      guard let plaintext = envelope.opened(by: known.channel) else { continue }
      return ChannelMessage(plaintext, of: packet.payloadType, on: known.name)
    }
    return nil
  }
}

/// An opened message, as rules look at it.
struct ChannelMessage {
  /// The channel's name.
  let channel: String
  /// Who says so: what a text has before the first colon and blank; nil without them, and for data.
  let sender: FoldedText?
  /// What is said, without the sender; nil for data.
  let text: FoldedText?

  init(_ plaintext: [UInt8], of type: PayloadType, on channel: String) {
    self.channel = channel
    guard type == .groupText, let message = TextMessage(parsing: plaintext) else {
      (sender, text) = (nil, nil)
      return
    }
    let bytes = message.textBytes
    let colon = bytes.indices.dropLast().first { index in
      bytes[index] == UInt8(ascii: ":") && bytes[index + 1] == UInt8(ascii: " ")
    }
    sender = colon.map { FoldedText(String(decoding: bytes[..<$0], as: UTF8.self)) }
    text = FoldedText(
      String(decoding: colon.map { bytes[($0 + 2)...] } ?? bytes[...], as: UTF8.self))
  }
}
