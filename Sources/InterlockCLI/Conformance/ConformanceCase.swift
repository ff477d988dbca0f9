internal import InterlockWire

/// One case of a vector file while it is checked.
///
/// A checker takes what the case gives with ``input(_:as:)`` and ``bytes(_:)``, computes, and holds
/// the results against the case with the `expect` methods. Fields are named by paths with dots:
/// `decoded.text`, `steps.0.expect.action`. A field that must be there and is not, or is of another
/// type, makes the case malformed, which is not the same as a mismatch.
struct ConformanceCase {
  /// The case's id, or its list and place.
  let id: String
  /// The whole case.
  let value: JSONValue

  private(set) var mismatches: [ConformanceReport.Mismatch] = []
  /// Fields that were taken as inputs.
  private(set) var inputs: Set<String> = []
  /// Fields that were held against a computed value.
  private(set) var compared: Set<String> = []
  private let file: String

  init(id: String, value: JSONValue, file: String) {
    self.id = id
    self.value = value
    self.file = file
  }

  // MARK: What the case gives

  /// The value at `path`, read as `Value`.
  mutating func input<Value: JSONReadable>(
    _ path: String, as type: Value.Type = Value.self
  ) throws(JSONError) -> Value {
    inputs.insert(path)
    return try named(path, Value.init(json:))
  }

  /// The bytes that the hexadecimal text at `path` spells.
  mutating func bytes(_ path: String) throws(JSONError) -> [UInt8] {
    inputs.insert(path)
    return try named(path, Self.bytes(of:))
  }

  /// How many elements the array at `path` has.
  mutating func count(_ path: String) throws(JSONError) -> Int {
    inputs.insert(path)
    return try named(path, [JSONValue].init(json:)).count
  }

  /// Whether something other than null stands at `path`.
  func has(_ path: String) -> Bool { found(path)?.isNull == false }

  // MARK: What the case claims

  /// Holds a computed value against the one at `path`, which must be there.
  mutating func expect(_ path: String, _ got: JSONValue) throws(JSONError) {
    try compare(path, got) { $0 == got }
  }

  /// Holds computed bytes (nil: there are none) against the hexadecimal text or null at `path`.
  mutating func expect(_ path: String, bytes got: (some Collection<UInt8>)?) throws(JSONError) {
    try expect(path, got.map { .string(Hex.encode($0)) } ?? .null)
  }

  /// Holds a computed whole number (nil: there is none) against the one at `path`.
  mutating func expect(_ path: String, number got: (some BinaryInteger)?) throws(JSONError) {
    try expect(path, got.map { .integer($0) } ?? .null)
  }

  /// Holds a computed number against the one at `path`, which may differ by `tolerance`.
  mutating func expect(
    _ path: String, _ got: Double, within tolerance: Double
  ) throws(JSONError) {
    try compare(path, .double(got)) { given in
      guard let number = given.number?.double else { return false }
      return abs(number - got) <= tolerance
    }
  }

  /// Like `expect`, for a field that not every case has.
  mutating func expectIfPresent(_ path: String, _ got: JSONValue) throws(JSONError) {
    if found(path) != nil { try expect(path, got) }
  }

  /// Holds a computed value against the one at `path` by a rule of the caller's.
  mutating func compare(
    _ path: String, _ got: JSONValue, agrees: (JSONValue) -> Bool
  ) throws(JSONError) {
    let given = try named(path) { value throws(JSONError) in value }
    compared.insert(path)
    if !agrees(given) { mismatch(path, expected: given.serialized(), got: got.serialized()) }
  }

  /// Records a difference that none of the `expect` methods can express.
  mutating func mismatch(_ path: String, expected: String, got: String) {
    compared.insert(path)
    mismatches.append(
      .init(file: file, caseID: id, field: path, expected: expected, got: got))
  }

  // MARK: Paths

  private func found(_ path: String) -> JSONValue? {
    var value = value
    for name in path.split(separator: ".") {
      if let elements = value.array, let index = Int(name), elements.indices.contains(index) {
        value = elements[index]
      } else if let member = value[String(name)] {
        value = member
      } else {
        return nil
      }
    }
    return value
  }

  private func named<Value>(
    _ path: String, _ read: (JSONValue) throws(JSONError) -> Value
  ) throws(JSONError) -> Value {
    guard let value = found(path) else {
      throw JSONError("“\(path)” is missing", at: value.position)
    }
    do { return try read(value) } catch {
      throw JSONError("\(path): \(error.problem)", at: error.position)
    }
  }

  private static func bytes(of value: JSONValue) throws(JSONError) -> [UInt8] {
    guard let bytes = value.string.flatMap({ Hex.decode($0) }) else {
      throw value.mismatch("text of hexadecimal digits")
    }
    return bytes
  }
}
