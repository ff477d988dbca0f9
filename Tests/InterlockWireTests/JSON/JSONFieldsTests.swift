import InterlockWire
import Testing

@Suite struct JSONFieldsTests {
  static func fields(_ text: String) throws -> JSONFields {
    try JSONFields(JSONValue(parsing: text, as: .json5))
  }

  /// What reading `text` with `read` complains about.
  static func complaint(_ text: String, _ read: (inout JSONFields) throws(JSONError) -> Void)
    -> String
  {
    do {
      var fields = try fields(text)
      try read(&fields)
      return "nothing"
    } catch { return "\(error)" }
  }

  @Test func `members are read by name and type`() throws {
    var fields = try Self.fields(
      "{a: 1, b: 'x', c: [1, 2], d: true, e: 2.5, f: null, g: {h: 7}, m: 'off'}")
    #expect(try fields.required("a") == 1)
    #expect(try fields.required("b", as: String.self) == "x")
    #expect(try fields.required("c") == [UInt8(1), 2])
    #expect(try fields.required("d") == true)
    #expect(try fields.required("e", in: 0...3) == 2.5)
    #expect(try fields.optional("f", as: Int.self) == nil)
    #expect(try fields.optional("absent", as: Int.self) == nil)
    #expect(try fields.optional("m", oneOf: ["on": true, "off": false]) == false)
    var inner = try #require(try fields.fields("g"))
    #expect(inner.path == "g")
    #expect(try inner.required("h") == 7)
    try inner.refuseUnknown()
    try fields.refuseUnknown()
  }

  @Test func `a name nobody asked for is refused with its line and its likely meaning`() {
    let text = "{\n  repeat: {\n    maxHop: 3,\n  },\n}"
    let complaint = Self.complaint(text) { (fields) throws(JSONError) in
      var inner = try fields.fields("repeat")
      let _: Int? = try inner?.optional("maxHops")
      try inner?.refuseUnknown()
    }
    #expect(
      complaint == "line 3, column 5: “repeat.maxHop” is not known here; did you mean “maxHops”?")
    let swapped = Self.complaint("{mxa: 3}") { (fields) throws(JSONError) in
      let _: Int? = try fields.optional("max")
      try fields.refuseUnknown()
    }
    #expect(swapped == "line 1, column 2: “mxa” is not known here; did you mean “max”?")
    let other = Self.complaint("{zebra: 1}") { (fields) throws(JSONError) in
      let _: Int? = try fields.optional("maxHops")
      try fields.refuseUnknown()
    }
    #expect(other == "line 1, column 2: “zebra” is not known here")
  }

  @Test func `errors say what was expected, what stands there and where`() {
    func of(_ text: String, _ read: (inout JSONFields) throws(JSONError) -> Void) -> String {
      Self.complaint(text, read)
    }
    #expect(
      of("{\n\n  port: 70000}") { (f) throws(JSONError) in
        _ = try f.required("port", as: UInt16.self)
      }
        == "line 3, column 9: port: a whole number from 0 to 65535 is expected here, not 70000")
    #expect(
      of("{p: 1.5}") { (f) throws(JSONError) in _ = try f.required("p", as: Int8.self) }
        == "line 1, column 5: p: a whole number from -128 to 127 is expected here, not 1.5")
    #expect(
      of("{p: 9}") { (f) throws(JSONError) in _ = try f.required("p", as: Int.self, in: 1...8) }
        == "line 1, column 5: p: a number from 1 to 8 is expected here, not 9")
    #expect(
      of("{p: NaN}") { (f) throws(JSONError) in _ = try f.required("p", as: Double.self) }
        == "line 1, column 5: p: a number is expected here, not nan")
    #expect(
      of("{p: 'yes'}") { (f) throws(JSONError) in _ = try f.required("p", as: Bool.self) }
        == "line 1, column 5: p: true or false is expected here, not “yes”")
    #expect(
      of("{p: 'mid'}") { (f) throws(JSONError) in
        _ = try f.optional("p", oneOf: ["low": 1, "high": 2])
      }
        == "line 1, column 5: p: one of “low”, “high” is expected here, not “mid”")
    #expect(
      of("{p: [1, 'x']}") { (f) throws(JSONError) in _ = try f.required("p", as: [Int].self) }
        .hasPrefix("line 1, column 9: p: a whole number from"))
    #expect(
      of("{}") { (f) throws(JSONError) in _ = try f.required("p", as: Int.self) }
        == "line 1, column 1: “p” is missing")
    #expect(
      of("[]") { (f) throws(JSONError) in }
        == "line 1, column 1: an object is expected here, not an array")
    #expect(
      of("{a: 1}") { (f) throws(JSONError) in throw f.problem("a", "may not be odd") }
        == "line 1, column 5: a: may not be odd")
  }
}
