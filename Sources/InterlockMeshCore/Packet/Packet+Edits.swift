/// What a repeater may change. Each edit builds one frame and leaves the payload as it was.
extension Packet {
  /// The packet with one more hop at the end of its path.
  ///
  /// - Parameter key: The public key whose first `hashSize` bytes name the hop.
  /// - Returns: nil when the path is full.
  public func appendingHop(of key: KeyPrefix) -> Packet? {
    let field = pathField
    guard field.hasRoom else { return nil }
    return rewritingPath(
      lengthByte: field.rawValue + 1, replacing: pathRange.suffix(0), by: key,
      count: field.hashSize)
  }

  /// The packet without the first hop of its path; nil when there is none.
  public func removingFirstHop() -> Packet? {
    let field = pathField
    guard field.hopCount > 0 else { return nil }
    return rewritingPath(
      lengthByte: field.rawValue - 1, replacing: pathRange.prefix(field.hashSize))
  }

  /// The TRACE with one more signal strength.
  ///
  /// - Parameter quarterDB: The ratio of this reception in quarters of a decibel, cut to −128…127.
  /// - Returns: nil when its path is full.
  public func appendingSignal(quarterDB: Int) -> Packet? {
    let count = pathField.rawValue
    guard count < PathField.maximumHops else { return nil }
    let strength = UInt8(bitPattern: Int8(clamping: quarterDB))
    return rewritingPath(
      lengthByte: count + 1, replacing: pathRange.suffix(0), by: KeyPrefix(byte: strength),
      count: 1)
  }

  /// The acknowledgement a repeater sends instead of the one it heard: plain direct, one hop less.
  ///
  /// - Parameters:
  ///   - bytes: Where in the frame the acknowledgement's own bytes are.
  ///   - remaining: Writes it as one of several copies, of which so many are still to come.
  /// - Returns: nil when the path has no hop to remove, or the payload no room for the byte that
  ///   says how many copies are to come.
  func reissuedAcknowledgement(bytes: Range<Int>, remaining: UInt8? = nil) -> Packet? {
    let field = pathField
    let payloadBytes = bytes.count + (remaining == nil ? 0 : 1)
    guard field.hopCount > 0, payloadBytes <= Self.maximumPayloadBytes else { return nil }
    let path = pathRange.dropFirst(field.hashSize)
    let type: PayloadType = remaining == nil ? .acknowledgement : .multipart
    var built: [UInt8] = []
    built.reserveCapacity(3 + path.count + bytes.count)
    built.append(Route.direct.rawValue | type.rawValue << 2)
    built.append(field.rawValue - 1)
    built.append(contentsOf: frame[path])
    let payloadOffset = built.count
    if let remaining {
      built.append(remaining << 4 | PayloadType.acknowledgement.rawValue)
    }
    built.append(contentsOf: frame[bytes])
    return Packet(trusted: built, payloadOffset: payloadOffset)
  }

  /// The packet with another length byte, and `part` of its path replaced by the first `count` bytes
  /// of `hop`.
  private func rewritingPath(
    lengthByte: UInt8, replacing part: Range<Int>, by hop: KeyPrefix? = nil, count: Int = 0
  ) -> Packet {
    let change = count - part.count
    var edited: [UInt8] = []
    edited.reserveCapacity(frame.count + change)
    edited.append(contentsOf: frame[..<part.lowerBound])
    edited[pathLengthOffset] = lengthByte
    if let hop {
      for index in 0..<count { edited.append(hop[index]) }
    }
    edited.append(contentsOf: frame[part.upperBound...])
    return Packet(trusted: edited, payloadOffset: Int(payloadOffset) + change)
  }
}
