/// How a packet travels: bits 0–1 of the header.
public enum Route: UInt8, Sendable, Hashable, CaseIterable {
  /// A flood bound to a region by its transport codes.
  case transportFlood = 0
  /// A flood bound to no region.
  case flood = 1
  /// Along a path that lists the hops still to visit.
  case direct = 2
  /// Along a path, with transport codes.
  case transportDirect = 3

  /// Whether every repeater may pass it on.
  public var isFlood: Bool { rawValue <= Route.flood.rawValue }

  /// Whether four bytes of transport codes follow the header.
  public var hasTransportCodes: Bool { self == .transportFlood || self == .transportDirect }
}

extension Route: CustomStringConvertible {
  /// The name used in logs, metrics and reports.
  public var description: String {
    switch self {
    case .transportFlood: "transport_flood"
    case .flood: "flood"
    case .direct: "direct"
    case .transportDirect: "transport_direct"
    }
  }
}
