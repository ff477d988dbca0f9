/// What a server says.
package enum RedisValue: Sendable, Hashable {
  /// A string, short or long, verbatim or not: what matters is what it says.
  case text([UInt8])
  /// A refusal, with its code in front.
  case error(String)
  case integer(Int64)
  case double(Double)
  case boolean(Bool)
  /// An integer of any length, in decimal.
  case bigNumber(String)
  case null
  /// A list or a set.
  case array([RedisValue])
  /// Keys and values, one after the other.
  case map([RedisValue])
  /// Something that is no answer: a message, or that a subscription stands.
  case push([RedisValue])
}

extension RedisValue {
  /// The text it is; of a number, its decimal digits.
  package var string: String? {
    switch self {
    case .text(let bytes): String(decoding: bytes, as: UTF8.self)
    case .integer(let number): "\(number)"
    case .bigNumber(let digits): digits
    case .error, .double, .boolean, .null, .array, .map, .push: nil
    }
  }

  /// The bytes of a text.
  package var bytes: [UInt8]? { if case .text(let bytes) = self { bytes } else { nil } }

  /// The whole number it is, or says.
  package var integer: Int64? {
    switch self {
    case .integer(let number): number
    case .text(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
    case .error, .double, .boolean, .bigNumber, .null, .array, .map, .push: nil
    }
  }

  /// The elements of a list; the keys and values of a map.
  package var elements: [RedisValue]? {
    switch self {
    case .array(let elements), .map(let elements), .push(let elements): elements
    case .text, .error, .integer, .double, .boolean, .bigNumber, .null: nil
    }
  }

  /// A text of a program.
  package static func string(_ text: String) -> RedisValue { .text(Array(text.utf8)) }
}
