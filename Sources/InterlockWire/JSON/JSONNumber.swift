/// A JSON number: exact if it was written as a whole number of up to 64 bits.
public enum JSONNumber: Sendable {
  /// A whole number that fits 64 bits with a sign.
  case integer(Int64)
  /// A larger whole number that fits 64 bits without one.
  case unsigned(UInt64)
  /// Any other number.
  case double(Double)

  /// A whole number; one beyond 64 bits becomes the nearest double.
  public init(_ value: some BinaryInteger) {
    if let exact = Int64(exactly: value) {
      self = .integer(exact)
    } else if let exact = UInt64(exactly: value) {
      self = .unsigned(exact)
    } else {
      self = .double(Double(value))
    }
  }

  /// The nearest double.
  public var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .double(let value): value
    }
  }

  /// The value as `Value`; nil unless it is whole and in range.
  public func exactly<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) -> Value? {
    switch self {
    case .integer(let value): Value(exactly: value)
    case .unsigned(let value): Value(exactly: value)
    case .double(let value): Value(exactly: value)
    }
  }
}

extension JSONNumber: Hashable {
  /// Whether both are the same number, however written: 1, 1.0 and 1e0 are.
  public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
    switch (left, right) {
    case (.integer(let one), .integer(let other)): one == other
    case (.unsigned(let one), .unsigned(let other)): one == other
    case (.integer, .unsigned), (.unsigned, .integer): false
    case (.double(let one), .double(let other)): one == other || one.isNaN && other.isNaN
    case (.double, _):
      left.exactly(Int64.self).map(JSONNumber.integer) == right
        || left.exactly(UInt64.self).map { JSONNumber($0) } == right
    case (_, .double): right == left
    }
  }

  /// Feeds the nearest double, which equal numbers share.
  public func hash(into hasher: inout Hasher) { hasher.combine(double) }
}

extension JSONNumber: CustomStringConvertible {
  /// The shortest digits that give the same number back.
  public var description: String {
    switch self {
    case .integer(let value): value.description
    case .unsigned(let value): value.description
    case .double(let value): value.description
    }
  }
}
