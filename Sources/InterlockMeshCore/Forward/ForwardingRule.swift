/// An operator's rule about floods that would otherwise be passed on: all its conditions must hold.
public struct ForwardingRule: Sendable, Hashable {
  /// What is done with a packet the rule applies to.
  public enum Action: String, Sendable, Hashable, CaseIterable {
    /// It is passed on, whatever later rules say.
    case allow
    /// It is not.
    case drop
    /// It is noted in the log, and later rules decide.
    case log
  }

  /// What is done.
  public var action: Action
  /// Applies to these types; nil for all.
  public var types: Set<PayloadType>?
  /// Applies to packets that travel so; nil for any.
  public var route: Route?
  /// Applies to packets that have passed so many repeaters; nil for any number.
  public var hops: ClosedRange<Int>?
  /// Applies to payloads of so many bytes; nil for any.
  public var payloadBytes: ClosedRange<Int>?
  /// Applies to frames of so many bytes, as they were heard; nil for any.
  public var frameBytes: ClosedRange<Int>?
  /// Applies to packets whose path names hops by so many bytes; nil for any.
  public var hashSize: Int?
  /// Applies to packets that have passed this node; nil for any.
  public var pathContains: [UInt8]?
  /// Applies to packets that carry transport codes, or to those that do not; nil for both.
  public var hasTransportCodes: Bool?
  /// Applies to messages and data of the channels with this hash; nil for any packet.
  public var channelHash: UInt8?
  /// Applies to messages and data that the key of the known channel of this name opens; nil for any
  /// packet.
  public var channel: String?
  /// Applies to texts on a known channel whose sender's name fits; nil for any packet.
  public var sender: TextPattern?
  /// Applies to texts on a known channel that fit, sender's name aside; nil for any packet.
  public var text: TextPattern?
  /// Applies to packets heard more weakly than this, in quarters of a decibel; nil for any.
  public var weakerThanQuarterDB: Int?
  /// Applies to packets heard with less power than this, in dBm; nil for any.
  public var weakerThanDBm: Int?

  /// Makes a rule that applies to every flood; set conditions to narrow it.
  public init(_ action: Action) {
    self.action = action
  }

  /// A signal the modem could not tell is not a weak one.
  ///
  /// What the packet says is looked at last: only then it costs something.
  func applies(to reception: Reception, saying content: inout ChannelContent) -> Bool {
    let packet = reception.packet
    if let types, !types.contains(packet.payloadType) { return false }
    if let route, route != packet.route { return false }
    if let hops, !hops.contains(packet.pathField.hopCount) { return false }
    if let payloadBytes, !payloadBytes.contains(packet.payloadByteCount) { return false }
    if let frameBytes, !frameBytes.contains(packet.frame.count) { return false }
    if let hashSize, hashSize != packet.pathField.hashSize { return false }
    if let hasTransportCodes, hasTransportCodes != packet.route.hasTransportCodes { return false }
    if let channelHash, channelHash != packet.channelHash { return false }
    if let limit = weakerThanQuarterDB, (reception.snrQuarterDB ?? .max) >= limit { return false }
    if let limit = weakerThanDBm, (reception.rssiDBm ?? .max) >= limit { return false }
    if let pathContains, !packet.hasPassed(pathContains) { return false }
    guard channel != nil || sender != nil || text != nil else { return true }
    return content.message().map(applies) ?? false
  }

  private func applies(to message: ChannelMessage) -> Bool {
    if let channel, channel != message.channel { return false }
    if let sender { guard let name = message.sender, sender.matches(name) else { return false } }
    if let text { guard let said = message.text, text.matches(said) else { return false } }
    return true
  }
}

extension Packet {
  /// Whether it is a message or data for the members of a channel.
  var isForChannel: Bool { payloadType == .groupText || payloadType == .groupData }

  /// The hash of the channel it is for; nil for what is not for a channel.
  fileprivate var channelHash: UInt8? {
    isForChannel && !payloadRange.isEmpty ? frame[payloadRange.lowerBound] : nil
  }

  /// Whether the node that this key begins with is in the path, as far as the path names it.
  fileprivate func hasPassed(_ prefix: [UInt8]) -> Bool {
    let size = pathField.hashSize
    let path = pathRange
    return stride(from: path.lowerBound, to: path.upperBound, by: size).contains { start in
      frame[start..<start + size].elementsEqual(prefix.prefix(size))
    }
  }
}
