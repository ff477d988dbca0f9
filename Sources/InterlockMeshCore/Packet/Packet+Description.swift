internal import InterlockWire

extension Packet: CustomStringConvertible {
  /// One line: what it is, how it travels, how long it is, and its hash.
  public var description: String {
    var parts = ["\(payloadType)", "\(route)"]
    if let codes = transportCodes { parts.append("codes \(codes.region)/\(codes.reserved)") }
    let field = pathField
    if payloadType == .trace {
      parts.append("\(field.hopCount) signals \(signals)")
      parts.append("to visit [\(traceHops.joined(separator: " "))]")
    } else if field.hopCount == 0 {
      parts.append("no hops of \(field.hashSize) B")
    } else {
      parts.append("\(field.hopCount) hops [\(hops.joined(separator: " "))]")
    }
    parts.append("payload \(payloadByteCount) B")
    parts.append("hash \(packetHash)")
    return parts.joined(separator: ", ")
  }

  /// The hops of the path in hexadecimal; of a TRACE these are signal strengths, see `signals`.
  public var hops: [String] {
    let size = pathField.hashSize
    return (0..<pathField.hopCount).map { index in
      let start = pathRange.lowerBound + index * size
      return Hex.encode(frame[start..<start + size])
    }
  }

  /// The hashes a TRACE is to visit, in hexadecimal, the last one possibly cut short; none of others.
  public var traceHops: [String] {
    guard let trace = TracePayload(self) else { return [] }
    return stride(from: trace.hashes.lowerBound, to: frame.count, by: trace.hashWidth).map {
      Hex.encode(frame[$0..<min($0 + trace.hashWidth, frame.count)])
    }
  }

  /// The signal strengths a TRACE has collected, in decibels.
  public var signals: [Double] {
    path.map { Double(Int8(bitPattern: $0)) / 4 }
  }
}
