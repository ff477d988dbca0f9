/// A type that can be read from a JSON value, with an error that says what was expected.
public protocol JSONReadable {
  /// Reads the value.
  ///
  /// - Throws: What was expected and what stands there instead.
  init(json: JSONValue) throws(JSONError)
}

extension JSONValue {
  /// An error that names what should stand here and what does.
  ///
  /// - Returns: "… is expected here, not …", with this value's place.
  public func mismatch(_ expected: String) -> JSONError {
    let found =
      switch content {
      case .number(let number): number.description
      case .bool, .null: serialized()
      case .string(let text) where text.utf8.count <= 40: "“\(text)”"
      default: kind
      }
    return JSONError("\(expected) is expected here, not \(found)", at: position)
  }
}

extension JSONValue: JSONReadable {
  /// The value itself.
  public init(json: JSONValue) { self = json }
}

extension String: JSONReadable {
  /// Text as it stands.
  public init(json: JSONValue) throws(JSONError) {
    guard let text = json.string else { throw json.mismatch("text") }
    self = text
  }
}

extension Bool: JSONReadable {
  /// True or false, nothing that merely looks like it.
  public init(json: JSONValue) throws(JSONError) {
    guard let value = json.bool else { throw json.mismatch("true or false") }
    self = value
  }
}

extension Double: JSONReadable {
  /// A finite number.
  public init(json: JSONValue) throws(JSONError) {
    guard let value = json.number?.double, value.isFinite else { throw json.mismatch("a number") }
    self = value
  }
}

extension JSONReadable where Self: FixedWidthInteger {
  /// A whole number in the type's range.
  public init(json: JSONValue) throws(JSONError) {
    guard let value = json.number?.exactly(Self.self) else {
      throw json.mismatch("a whole number from \(Self.min) to \(Self.max)")
    }
    self = value
  }
}

extension Int: JSONReadable {}
extension Int8: JSONReadable {}
extension Int16: JSONReadable {}
extension Int32: JSONReadable {}
extension Int64: JSONReadable {}
extension UInt8: JSONReadable {}
extension UInt16: JSONReadable {}
extension UInt32: JSONReadable {}
extension UInt64: JSONReadable {}

extension JSONObject: JSONReadable {
  /// Named values.
  public init(json: JSONValue) throws(JSONError) {
    guard let object = json.object else { throw json.mismatch("an object") }
    self = object
  }
}

extension Array: JSONReadable where Element: JSONReadable {
  /// Values of one type in order.
  public init(json: JSONValue) throws(JSONError) {
    guard let values = json.array else { throw json.mismatch("an array") }
    self = []
    for value in values { append(try Element(json: value)) }
  }
}
