/// What a packet is to the queue: it decides the share of the allowance a packet may use, whether
/// it is worth holding when the allowance is spent, and how soon it is of no use.
public enum PacketKind: String, Sendable, Hashable, CaseIterable {
  /// A packet on a known path, TRACE included.
  case direct
  /// An acknowledgement: small, urgent, and useless once its sender has given up waiting.
  case acknowledgement
  /// A packet for everybody.
  case flood
  /// An announcement for everybody.
  case advert

  /// The part of the allowance packets of this kind may use.
  public var share: AirtimeShare {
    switch self {
    case .direct, .acknowledgement: .full
    case .flood: .flood
    case .advert: .advert
    }
  }

  /// Whether it is meant for everybody, and so never displaces what is on a known path.
  public var isFlooded: Bool {
    switch self {
    case .direct, .acknowledgement: false
    case .flood, .advert: true
    }
  }
}
