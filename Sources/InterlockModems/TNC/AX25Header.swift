/// The 16 bytes that make any data an AX.25 UI frame.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 7 | destination: call sign, six characters shifted left by one, then the SSID |
/// | 7 | 7 | source, likewise; its lowest bit ends the addresses |
/// | 14 | 1 | control 0x03: unnumbered information |
/// | 15 | 1 | protocol 0xF0: none |
///
/// *Source:* AX.25 Link Access Protocol 2.2, sections 3.12 and 3.4.
public struct AX25Header: Sendable, Hashable {
  /// How many bytes it puts before the data.
  public static let byteCount = 16

  /// The bytes.
  public let bytes: [UInt8]

  /// Makes a header from call signs such as `N0CALL` or `N0CALL-7`; nil when one is no call sign.
  public init?(destination: String, source: String) {
    guard let destination = Self.address(destination, isLast: false),
      let source = Self.address(source, isLast: true)
    else { return nil }
    bytes = destination + source + [0x03, 0xF0]
  }

  /// The data wrapped in the header.
  func wrap(_ data: [UInt8]) -> [UInt8] { bytes + data }

  /// The data of a frame between anybody; nil when it is no plain UI frame.
  static func unwrap(_ frame: [UInt8]) -> [UInt8]? {
    // Two addresses exactly: the seventh byte of the second ends them, that of the first does not.
    guard frame.count > byteCount, frame[6] & 1 == 0, frame[13] & 1 == 1, frame[14] == 0x03,
      frame[15] == 0xF0
    else { return nil }
    return Array(frame[byteCount...])
  }

  private static func address(_ text: String, isLast: Bool) -> [UInt8]? {
    let parts = text.utf8.split(separator: 0x2D, omittingEmptySubsequences: false)
    guard let call = parts.first, (1...6).contains(call.count), parts.count <= 2 else { return nil }
    let isCallSign = call.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
    guard isCallSign else { return nil }
    var station: UInt8 = 0
    if parts.count == 2 {
      guard let number = UInt8(String(decoding: parts[1], as: UTF8.self)), number <= 15 else {
        return nil
      }
      station = number
    }
    let padded = call + Array(repeating: 0x20, count: 6 - call.count)
    // Bits 5 and 6 are reserved and sent as ones.
    return padded.map { $0 << 1 } + [0x60 | station << 1 | (isLast ? 1 : 0)]
  }
}
