import InterlockWire
import Testing

@Suite struct JSONSerializationTests {
  @Test func `values are written compactly and in their order`() {
    let value: JSONValue = ["b": [1, -2.5, true, nil], "a": ["é": "x"], "": []]
    #expect(value.serialized() == #"{"b":[1,-2.5,true,null],"a":{"é":"x"},"":[]}"#)
    #expect(value.serialized(members: .sorted) == #"{"":[],"a":{"é":"x"},"b":[1,-2.5,true,null]}"#)
  }

  @Test func `text is escaped as far as JSON demands`() {
    let value = JSONValue.string("\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}é\u{1F4E1}")
    #expect(value.serialized() == #""\"\\/\b\f\n\r\t\u0000\u001f\u007fé"# + "\u{1F4E1}\"")
  }

  @Test func `what JSON cannot say is null`() {
    #expect(JSONValue.array([.double(.nan), .double(.infinity)]).serialized() == "[null,null]")
  }

  @Test func `members can be set, changed and taken out`() {
    var object = JSONObject()
    object["a"] = 1
    object["b"] = 2
    object["a"] = 3
    object["b"] = .some(nil)
    #expect(JSONValue.object(object).serialized() == #"{"a":3,"b":null}"#)
    object["a"] = Optional<JSONValue>.none
    #expect(object.names == ["b"])
    #expect(object["b"]?.isNull == true)
  }

  @Test func `one number has many spellings and one value`() {
    #expect(JSONValue.integer(1) == .double(1))
    #expect(JSONValue.integer(UInt64.max) != .double(1.5))
    #expect(JSONValue.double(0.5) != .integer(0))
    #expect(JSONValue.integer(Int64.max) != .integer(UInt64.max))
    #expect(JSONValue.integer(1).hashValue == JSONValue.double(1).hashValue)
  }

  @Test(arguments: 0..<50)
  func `random values come back equal`(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    for _ in 0..<50 {
      let value = Self.value(depth: 4, &random)
      for order in [JSONValue.MemberOrder.asWritten, .sorted] {
        let text = value.serialized(members: order)
        #expect(try JSONValue(parsing: text) == value, "seed \(seed): \(text)")
        #expect(try JSONValue(parsing: text, as: .json5) == value, "seed \(seed): \(text)")
      }
    }
  }

  static func value(depth: Int, _ random: inout TestRandom) -> JSONValue {
    switch Int.random(in: 0..<(depth == 0 ? 6 : 8), using: &random) {
    case 0: nil
    case 1: .bool(Bool.random(using: &random))
    case 2: .integer(Int64(bitPattern: random.next()))
    case 3: .integer(random.next())
    case 4: .double(Self.double(&random))
    case 5: .string(Self.text(&random))
    case 6:
      .array(
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in Self.value(depth: depth - 1, &random)
        })
    default: .object(Self.object(depth: depth - 1, &random))
    }
  }

  static func object(depth: Int, _ random: inout TestRandom) -> JSONObject {
    var object = JSONObject()
    for _ in 0..<Int.random(in: 0..<4, using: &random) {
      object[Self.text(&random)] = Self.value(depth: depth, &random)
    }
    return object
  }

  static func double(_ random: inout TestRandom) -> Double {
    let value = Double(bitPattern: random.next())
    return value.isFinite ? value : 0.1
  }

  static func text(_ random: inout TestRandom) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0..<6, using: &random) {
      let limit: UInt32 = Bool.random(using: &random) ? 0x80 : 0x11_0000
      if let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
