internal import InterlockCommandLine
internal import InterlockSystem
internal import InterlockWire

extension Report {
  /// Adds a time of a node's clock.
  mutating func addTime(_ name: String, _ seconds: UInt32) {
    add(
      name, .integer(seconds),
      "\(seconds) (\(Timestamp(nanoseconds: Int64(seconds) * 1_000_000_000)))")
  }

  /// Adds bytes in hexadecimal; nothing when there are none to add.
  mutating func addHex(_ name: String, _ bytes: (some Sequence<UInt8>)?) {
    if let bytes { add(name, .string(Hex.encode(bytes))) }
  }
}

extension String {
  /// The text without what a terminal would obey; it came over the air.
  var withoutControls: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
          default: scalar
          }
        }))
  }
}
