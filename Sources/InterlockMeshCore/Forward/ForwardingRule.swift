/// An operator's rule about floods that would otherwise be passed on: all its conditions must hold.
public struct ForwardingRule: Sendable, Hashable {
  /// What is done with a packet the rule applies to.
  public enum Action: String, Sendable, Hashable, CaseIterable {
    /// It is passed on, whatever later rules say.
    case allow
    /// It is not.
    case drop
  }

  /// What is done.
  public var action: Action
  /// Applies to these types; nil for all.
  public var types: Set<PayloadType>?
  /// Applies to packets that have passed so many repeaters; nil for any number.
  public var hops: ClosedRange<Int>?
  /// Applies to payloads of so many bytes; nil for any.
  public var payloadBytes: ClosedRange<Int>?
  /// Applies to packets that have passed this node; nil for any.
  public var pathContains: [UInt8]?
  /// Applies to packets heard more weakly than this, in quarters of a decibel; nil for any.
  public var weakerThanQuarterDB: Int?

  /// Makes a rule that applies to every flood; set conditions to narrow it.
  public init(_ action: Action) {
    self.action = action
  }

  func applies(to packet: Packet, snrQuarterDB: Int?) -> Bool {
    if let types, !types.contains(packet.payloadType) { return false }
    if let hops, !hops.contains(packet.pathField.hopCount) { return false }
    if let payloadBytes, !payloadBytes.contains(packet.payloadByteCount) { return false }
    if let limit = weakerThanQuarterDB, (snrQuarterDB ?? .max) >= limit { return false }
    if let pathContains {
      let size = packet.pathField.hashSize
      let path = packet.pathRange
      let isThere = stride(from: path.lowerBound, to: path.upperBound, by: size).contains { start in
        packet.frame[start..<start + size].elementsEqual(pathContains.prefix(size))
      }
      guard isThere else { return false }
    }
    return true
  }
}
