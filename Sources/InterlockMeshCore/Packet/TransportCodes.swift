/// The two codes of a packet that is bound to a region.
public struct TransportCodes: Sendable, Hashable {
  /// Binds the packet to a region.
  public var region: UInt16
  /// Reserved: sent as 0, carried through unchanged.
  public var reserved: UInt16

  /// Makes a pair of codes.
  public init(region: UInt16, reserved: UInt16 = 0) {
    self.region = region
    self.reserved = reserved
  }

  /// Whether both are 0: the mark of an advert that another user passed on by hand.
  public var areZero: Bool { region == 0 && reserved == 0 }
}
