/// Reads an object's members by name and refuses those nobody asked for.
///
/// The names a reader knows are the names it asks for: there is no second list to keep.
///
/// ```swift
/// var radio = try JSONFields(value)
/// let frequency: Double = try radio.required("frequencyMHz", in: 100...3000)
/// let power: Int = try radio.optional("powerDBm") ?? 14
/// try radio.refuseUnknown()
/// ```
public struct JSONFields: Sendable {
  /// The object's own place.
  public let position: JSONPosition?
  /// The names that lead to this object, joined by dots; empty for the outermost.
  public let path: String

  private let object: JSONObject
  private var known: [String] = []

  /// Reads the members of `value`.
  ///
  /// - Throws: If it is no object.
  public init(_ value: JSONValue, path: String = "") throws(JSONError) {
    object = try JSONObject(json: value)
    position = value.position
    self.path = path
  }

  /// The member called `name`; nil when it is absent or null.
  ///
  /// - Throws: If it stands there but is no `Value`.
  public mutating func optional<Value: JSONReadable>(
    _ name: String, as type: Value.Type = Value.self
  ) throws(JSONError) -> Value? {
    guard let value = value(name) else { return nil }
    return try named(name) { () throws(JSONError) in try Value(json: value) }
  }

  /// The member called `name`; nil when it is absent or null.
  ///
  /// - Throws: If it stands there but is no `Value` within `range`.
  public mutating func optional<Value: JSONReadable & Comparable>(
    _ name: String, as type: Value.Type = Value.self, in range: ClosedRange<Value>
  ) throws(JSONError) -> Value? {
    guard let value = value(name) else { return nil }
    return try named(name) { () throws(JSONError) in
      let read = try Value(json: value)
      guard range.contains(read) else {
        throw value.mismatch("a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return read
    }
  }

  /// The member called `name`.
  ///
  /// - Throws: If it is absent, null, or no `Value`.
  public mutating func required<Value: JSONReadable>(
    _ name: String, as type: Value.Type = Value.self
  ) throws(JSONError) -> Value {
    guard let value: Value = try optional(name) else { throw missing(name) }
    return value
  }

  /// The member called `name`.
  ///
  /// - Throws: If it is absent, null, or no `Value` within `range`.
  public mutating func required<Value: JSONReadable & Comparable>(
    _ name: String, as type: Value.Type = Value.self, in range: ClosedRange<Value>
  ) throws(JSONError) -> Value {
    guard let value: Value = try optional(name, in: range) else { throw missing(name) }
    return value
  }

  /// The member called `name`, one of a few words; nil when it is absent or null.
  ///
  /// - Throws: If it stands there but is none of them; the error lists them.
  public mutating func optional<Value>(
    _ name: String, oneOf words: KeyValuePairs<String, Value>
  ) throws(JSONError) -> Value? {
    guard let value = value(name) else { return nil }
    if let match = words.first(where: { $0.key == value.string }) { return match.value }
    let list = words.map { "“\($0.key)”" }.joined(separator: ", ")
    return try named(name) { () throws(JSONError) in throw value.mismatch("one of \(list)") }
  }

  /// The members of the object called `name`; nil when it is absent or null.
  ///
  /// - Throws: If it stands there but is no object.
  public mutating func fields(_ name: String) throws(JSONError) -> JSONFields? {
    guard let value = value(name) else { return nil }
    return try named(name) { () throws(JSONError) in
      try JSONFields(value, path: qualified(name))
    }
  }

  /// The value called `name` as it stands, for readers that want its place; nil when absent or null.
  public mutating func value(_ name: String) -> JSONValue? {
    known.append(name)
    guard let value = object[name], !value.isNull else { return nil }
    return value
  }

  /// An error about the member called `name`, at its place.
  ///
  /// - Returns: The error, which says the member's full name.
  public func problem(_ name: String, _ problem: String) -> JSONError {
    JSONError("\(qualified(name)): \(problem)", at: object[name]?.position ?? position)
  }

  /// Ends the reading.
  ///
  /// - Throws: If the object has a member that was never asked for: its name, its line, and the
  ///   known name it resembles most.
  public func refuseUnknown() throws(JSONError) {
    for member in object.members where !known.contains(member.name) {
      var problem = "“\(qualified(member.name))” is not known here"
      if let near = NearestName.of(member.name, among: known) {
        problem += "; did you mean “\(near)”?"
      }
      throw JSONError(problem, at: member.position ?? position)
    }
  }

  private func qualified(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  private func missing(_ name: String) -> JSONError {
    JSONError("“\(qualified(name))” is missing", at: position)
  }

  private func named<Value>(
    _ name: String, _ read: () throws(JSONError) -> Value
  ) throws(JSONError) -> Value {
    do { return try read() } catch {
      throw JSONError("\(qualified(name)): \(error.problem)", at: error.position ?? position)
    }
  }
}
