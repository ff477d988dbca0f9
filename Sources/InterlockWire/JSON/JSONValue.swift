/// A JSON value, and where it stood in the text it was read from.
///
/// Equality compares contents only, so that a value that was read equals one that was made.
public struct JSONValue: Sendable {
  /// What the value is.
  public var content: Content
  /// Where it begins in its text; nil for a value made in a program.
  public var position: JSONPosition?

  /// The six kinds of value.
  public enum Content: Sendable, Hashable {
    /// The absent value.
    case null
    /// True or false.
    case bool(Bool)
    /// A number, exact if whole.
    case number(JSONNumber)
    /// Text.
    case string(String)
    /// Values in order.
    case array([JSONValue])
    /// Values by name.
    case object(JSONObject)
  }

  /// A value.
  public init(_ content: Content, at position: JSONPosition? = nil) {
    self.content = content
    self.position = position
  }

  /// The value of a member; nil when this is no object or has no such member.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let object) = content else { return nil }
    return object[name]
  }

  /// The members, when this is an object.
  public var object: JSONObject? {
    guard case .object(let object) = content else { return nil }
    return object
  }

  /// The elements, when this is an array.
  public var array: [JSONValue]? {
    guard case .array(let elements) = content else { return nil }
    return elements
  }

  /// The text, when this is a string.
  public var string: String? {
    guard case .string(let text) = content else { return nil }
    return text
  }

  /// The truth value, when this is one.
  public var bool: Bool? {
    guard case .bool(let value) = content else { return nil }
    return value
  }

  /// The number, when this is one.
  public var number: JSONNumber? {
    guard case .number(let number) = content else { return nil }
    return number
  }

  /// Whether this is null.
  public var isNull: Bool { content == .null }

  /// What the value is, in the words of an error message.
  public var kind: String {
    switch content {
    case .null: "null"
    case .bool: "a truth value"
    case .number: "a number"
    case .string: "text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue: Hashable {
  /// Whether both have the same content, wherever they stood.
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    left.content == right.content
  }

  /// Feeds the content.
  public func hash(into hasher: inout Hasher) { hasher.combine(content) }
}

extension JSONValue {
  /// Text.
  public static func string(_ text: String) -> JSONValue { JSONValue(.string(text)) }

  /// A whole number.
  public static func integer(_ value: some BinaryInteger) -> JSONValue {
    JSONValue(.number(JSONNumber(value)))
  }

  /// A number.
  public static func double(_ value: Double) -> JSONValue { JSONValue(.number(.double(value))) }

  /// True or false.
  public static func bool(_ value: Bool) -> JSONValue { JSONValue(.bool(value)) }

  /// Values in order.
  public static func array(_ elements: [JSONValue]) -> JSONValue { JSONValue(.array(elements)) }

  /// Values by name.
  public static func object(_ object: JSONObject) -> JSONValue { JSONValue(.object(object)) }

  /// The absent value.
  public static let null = JSONValue(.null)
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  /// Text.
  public init(stringLiteral value: String) { self.init(.string(value)) }
  /// A whole number.
  public init(integerLiteral value: Int64) { self.init(.number(.integer(value))) }
  /// A number.
  public init(floatLiteral value: Double) { self.init(.number(.double(value))) }
  /// True or false.
  public init(booleanLiteral value: Bool) { self.init(.bool(value)) }
  /// Values in order.
  public init(arrayLiteral elements: JSONValue...) { self.init(.array(elements)) }
  /// Values by name, in the order written; the last of two with one name counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (name, value) in elements { object[name] = value }
    self.init(.object(object))
  }
  /// The absent value.
  public init(nilLiteral: ()) { self.init(.null) }
}
