/// A packet as it is on the air: one frame and where its parts begin.
///
/// | offset | bytes | field |
/// | --- | --- | --- |
/// | 0 | 1 | header: route (bits 0–1), payload type (2–5), version (6–7, always 0) |
/// | 1 | 4 | transport codes, little-endian, only with `Route.hasTransportCodes` |
/// | 1 or 5 | 1 | path length, see ``PathField`` |
/// | 2 or 6 | 0…64 | path |
/// | … | 0…184 | payload |
///
/// Parsing keeps the frame it was given and copies nothing; an unchanged packet is sent as that very
/// frame. Each edit builds one new frame.
public struct Packet: Sendable, Hashable {
  /// The most bytes a LoRa radio sends in one frame.
  public static let maximumFrameBytes = 255
  /// The most bytes a payload may have.
  public static let maximumPayloadBytes = 184

  /// The whole frame, as it is on the air.
  public let frame: [UInt8]
  /// Where the payload begins: everything else follows from the frame itself.
  @usableFromInline
  let payloadOffset: UInt8

  /// Parses a frame.
  ///
  /// - Throws: The first rule the frame breaks, in the order of ``PacketError``'s cases.
  /// - Complexity: O(1), without allocating.
  public init(parsing frame: [UInt8]) throws(PacketError) {
    let count = frame.count
    guard count >= 1 else { throw .empty }
    guard count <= Self.maximumFrameBytes else { throw .frameTooLong }
    let header = frame[0]
    guard header >> 6 == 0 else { throw .unsupportedVersion }
    guard count >= 2 else { throw .truncatedHeader }
    let pathLengthOffset = Self.pathLengthOffset(header: header)
    guard count >= pathLengthOffset else { throw .truncatedTransportCodes }
    guard count > pathLengthOffset else { throw .missingPathLength }
    let pathField = PathField(rawValue: frame[pathLengthOffset])
    guard !pathField.isReserved else { throw .reservedHashSize }
    guard pathField.byteCount <= PathField.maximumBytes else { throw .pathTooLong }
    let payloadOffset = pathLengthOffset + 1 + pathField.byteCount
    guard count >= payloadOffset else { throw .truncatedPath }
    guard count - payloadOffset <= Self.maximumPayloadBytes else { throw .payloadTooLarge }
    self.frame = frame
    self.payloadOffset = UInt8(payloadOffset)
  }

  /// Takes a frame that is known to be well formed.
  init(trusted frame: [UInt8], payloadOffset: Int) {
    self.frame = frame
    self.payloadOffset = UInt8(payloadOffset)
  }

  /// Builds a packet of its parts.
  ///
  /// It is nil when a part breaks one of the rules of ``PacketError``, or `path` has another length
  /// than its field says. Transport codes are written only on a route that has them, and are 0 and 0
  /// if such a route lacks them.
  public init?(
    route: Route, type: PayloadType, transportCodes: TransportCodes? = nil,
    pathField: PathField = PathField(rawValue: 0), path: [UInt8] = [], payload: [UInt8]
  ) {
    guard path.count == pathField.byteCount else { return nil }
    var frame: [UInt8] = []
    frame.reserveCapacity(6 + path.count + payload.count)
    frame.append(route.rawValue | type.rawValue << 2)
    if route.hasTransportCodes {
      let codes = transportCodes ?? TransportCodes(region: 0)
      frame.append(UInt8(truncatingIfNeeded: codes.region))
      frame.append(UInt8(truncatingIfNeeded: codes.region >> 8))
      frame.append(UInt8(truncatingIfNeeded: codes.reserved))
      frame.append(UInt8(truncatingIfNeeded: codes.reserved >> 8))
    }
    frame.append(pathField.rawValue)
    frame.append(contentsOf: path)
    frame.append(contentsOf: payload)
    guard let packet = try? Packet(parsing: frame) else { return nil }  // nil is the answer
    self = packet
  }

  /// The frame to send: of a packet that was parsed and not edited, the one that was parsed.
  public func serialized() -> [UInt8] { frame }

  @inlinable
  static func pathLengthOffset(header: UInt8) -> Int {
    // Routes 0 and 3, whose two bits are equal, carry four bytes of transport codes.
    header & 1 == header >> 1 & 1 ? 5 : 1
  }
}

extension Packet {
  /// The header byte.
  @inlinable
  public var header: UInt8 { frame[0] }

  /// How it travels.
  public var route: Route {
    switch header & 3 {
    case 0: .transportFlood
    case 1: .flood
    case 2: .direct
    default: .transportDirect
    }
  }

  /// What it carries.
  public var payloadType: PayloadType { PayloadType(rawValue: header >> 2) }

  /// Its region and reserved code, on a route that has them.
  public var transportCodes: TransportCodes? {
    guard route.hasTransportCodes else { return nil }
    return TransportCodes(
      region: UInt16(frame[1]) | UInt16(frame[2]) << 8,
      reserved: UInt16(frame[3]) | UInt16(frame[4]) << 8)
  }

  /// Hop count and hash size; of a TRACE, the number of signal strengths collected.
  public var pathField: PathField { PathField(rawValue: frame[pathLengthOffset]) }

  /// Where in the frame the path length byte is.
  @inlinable
  var pathLengthOffset: Int { Self.pathLengthOffset(header: header) }

  /// Where in the frame the path is.
  @inlinable
  package var pathRange: Range<Int> { pathLengthOffset + 1..<Int(payloadOffset) }

  /// Where in the frame the payload is.
  @inlinable
  package var payloadRange: Range<Int> { Int(payloadOffset)..<frame.count }

  /// The bytes of the path: hops in floods and direct packets, signal strengths in a TRACE.
  public var path: ArraySlice<UInt8> { frame[pathRange] }

  /// What it carries, 0…184 bytes.
  public var payload: ArraySlice<UInt8> { frame[payloadRange] }

  /// Number of payload bytes.
  public var payloadByteCount: Int { frame.count - Int(payloadOffset) }

  /// One payload byte; `index` must be below `payloadByteCount`.
  @inlinable
  func payloadByte(_ index: Int) -> UInt8 { frame[Int(payloadOffset) + index] }

  /// What all copies of it share, computed anew each time.
  ///
  /// - Complexity: one SHA-256 over the payload, without allocating.
  public var packetHash: PacketHash {
    let type = payloadType
    return PacketHash(
      type: type, count: type == .trace ? pathField.rawValue : nil,
      payload: frame.span.extracting(payloadRange))
  }
}
