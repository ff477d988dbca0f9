/// Deviations as text: `decision:choice` with commas between while a person can read them, and packed otherwise.
///
/// Packed they are a `~`, then each decision's distance from the one before and its choice as base-128 numbers, low
/// digits first (LEB128), and these bytes in the alphabet of RFC 4648, section 5.
enum DeviationText {
  /// More than these nobody reads.
  private static let mostPlain = 40

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  static func write(_ deviations: [Deviation]) -> String {
    guard deviations.count > mostPlain else {
      return deviations.map { "\($0.decision):\($0.choice)" }.joined(separator: ",")
    }
    var bytes: [UInt8] = []
    var previous = 0
    for deviation in deviations {
      append(UInt64(deviation.decision - previous), to: &bytes)
      append(UInt64(deviation.choice), to: &bytes)
      previous = deviation.decision
    }
    return "~" + base64(bytes)
  }

  /// - Throws: ``ScheduleError``, with the whole of `text`.
  static func read(
    _ field: Substring, of text: String
  ) throws(ScheduleError) -> [Deviation] {
    var pairs: [(decision: Int, choice: Int32)] = []
    if field.first == "~" {
      guard let packed = packed(field.dropFirst()) else {
        throw ScheduleError("what stands after ~ is cut or changed", text)
      }
      pairs = packed
    } else {
      for pair in field.split(separator: ",") {
        let numbers = pair.split(separator: ":", omittingEmptySubsequences: false)
        guard numbers.count == 2, let decision = Int(numbers[0]), let choice = Int32(numbers[1]),
          decision >= 0, choice >= 0
        else { throw ScheduleError("\"\(pair)\" is not decision:choice", text) }
        pairs.append((decision, choice))
      }
    }
    var deviations: [Deviation] = []
    for pair in pairs {
      guard deviations.last.map({ $0.decision < pair.decision }) ?? true else {
        throw ScheduleError("decision \(pair.decision) is not after the one before it", text)
      }
      deviations.append(Deviation(decision: pair.decision, choice: pair.choice))
    }
    return deviations
  }

  private static func packed(_ field: Substring) -> [(decision: Int, choice: Int32)]? {
    guard var bytes = bytes(field).map({ $0[...] }) else { return nil }
    var pairs: [(decision: Int, choice: Int32)] = []
    var previous = 0
    while !bytes.isEmpty {
      guard let distance = number(&bytes).flatMap({ Int(exactly: $0) }),
        let choice = number(&bytes).flatMap({ Int32(exactly: $0) })
      else { return nil }
      let (decision, isBeyond) = previous.addingReportingOverflow(distance)
      guard !isBeyond else { return nil }
      pairs.append((decision, choice))
      previous = decision
    }
    return pairs
  }

  private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  private static func number(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
    var number: UInt64 = 0
    for shift in stride(from: 0, to: 63, by: 7) {
      guard let byte = bytes.popFirst() else { return nil }
      number |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return number }
    }
    return nil
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    var (buffer, count) = (0, 0)
    for byte in bytes {
      buffer = buffer << 8 | Int(byte)
      count += 8
      while count >= 6 {
        count -= 6
        text.append(alphabet[buffer >> count & 63])
      }
      buffer &= 1 << count - 1
    }
    if count > 0 { text.append(alphabet[buffer << (6 - count) & 63]) }
    return String(decoding: text, as: UTF8.self)
  }

  private static func bytes(_ text: Substring) -> [UInt8]? {
    var bytes: [UInt8] = []
    var (buffer, count) = (0, 0)
    for character in text.utf8 {
      guard let digit = alphabet.firstIndex(of: character) else { return nil }
      buffer = buffer << 6 | digit
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: buffer >> count))
      buffer &= 1 << count - 1
    }
    return buffer == 0 ? bytes : nil
  }
}
