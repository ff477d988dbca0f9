import InterlockWire
import Testing

/// RFC 8259: what must be taken and what must be refused.
@Suite struct JSONParserTests {
  static let accepted: [(text: String, value: JSONValue)] = [
    ("null", nil), ("true", true), (" false ", false), ("\"\"", ""), ("[]", []), ("{}", [:]),
    ("0", 0), ("-1", -1), ("9223372036854775807", 9_223_372_036_854_775_807),
    ("-9223372036854775808", -9_223_372_036_854_775_808),
    ("18446744073709551615", JSONValue(.number(.unsigned(.max)))),
    ("1.5", 1.5), ("-0.25", -0.25), ("1e2", 100), ("1E+2", 100), ("25e-2", 0.25),
    ("\t[ 1 , [ ] ,\r\n{ } ]\n", [1, [], [:]]),
    (#"{"a":1,"b":[true,null],"":{}}"#, ["a": 1, "b": [true, nil], "": [:]]),
    (#""\"\\\/\b\f\n\r\t\u0041\u00e9""#, "\"\\/\u{8}\u{c}\n\r\tA\u{e9}"),
    (#""\uD83D\uDE00 \u2713""#, "\u{1F600} \u{2713}"), ("\"\u{1F4E1}\u{7f}\"", "\u{1F4E1}\u{7f}"),
  ]

  @Test(arguments: accepted)
  func `valid texts give their values in both dialects`(text: String, value: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == value)
    #expect(try JSONValue(parsing: text, as: .json5) == value)
  }

  /// Text, and line and column of what is wrong with it.
  static let refused: [(text: String, line: Int, column: Int)] = [
    ("", 1, 1), ("  ", 1, 3), ("nul", 1, 1), ("nulll", 1, 1), ("True", 1, 1), ("[", 1, 2),
    ("[1", 1, 3), ("[1,", 1, 4), ("[1,]", 1, 4), ("[,1]", 1, 2), ("[1 2]", 1, 4), ("[1}", 1, 3),
    ("]", 1, 1), ("{", 1, 2), ("{\"a\"", 1, 5), ("{\"a\":", 1, 6), ("{\"a\":1", 1, 7),
    ("{\"a\":1,}", 1, 8), ("{a:1}", 1, 2), ("{'a':1}", 1, 2), ("{1:1}", 1, 2), ("{\"a\" 1}", 1, 6),
    ("{\"a\"::1}", 1, 6), ("{\"a\":1;}", 1, 7), ("1 2", 1, 3), ("[] x", 1, 4),
    ("01", 1, 1), ("-01", 1, 1), ("-", 1, 2), ("+1", 1, 1), (".5", 1, 1), ("5.", 1, 3),
    ("1e", 1, 3), ("1e+", 1, 4), ("1.e1", 1, 3), ("0x10", 1, 2), ("1a", 1, 2), ("1.2.3", 1, 4),
    ("NaN", 1, 1), ("Infinity", 1, 1), ("-Infinity", 1, 2), ("1e999", 1, 1), ("-1e999", 1, 1),
    ("\"", 1, 1), ("\"abc", 1, 1), ("\"\\", 1, 3), ("\"\\x41\"", 1, 2), ("\"\\u12\"", 1, 2),
    ("\"\\u12G4\"", 1, 2), ("\"\\uD800\"", 1, 2), ("\"\\uDC00\"", 1, 2), ("\"a\nb\"", 1, 3),
    ("\"a\\uD800\\u0041\"", 1, 3), ("\"\t\"", 1, 2), ("\"\u{0}\"", 1, 2), ("'a'", 1, 1),
    ("// c\n1", 1, 1), ("/* c */1", 1, 1), ("\u{FEFF}1", 1, 1), ("\u{A0}1", 1, 1), ("\u{b}1", 1, 1),
    ("{\n  \"a\": 1,\n  \"é\": 2,\n  \"a\": 3\n}", 4, 3), ("[\r\n1,\r\n2,\r\n\u{1F4E1}]", 4, 1),
    ("[\"é\u{1F4E1}\" x]", 1, 7), ("[1,\r2,\rx]", 3, 1),
  ]

  @Test(arguments: refused)
  func `anything else is refused at its line and column`(text: String, line: Int, column: Int) {
    do throws(JSONError) {
      let value = try JSONValue(parsing: text)
      Issue.record("took \(text) as \(value.serialized())")
    } catch {
      #expect(error.position?.line == line && error.position?.column == column, "\(text): \(error)")
      #expect(error.description.hasPrefix("line \(line), column \(column): "))
    }
  }

  @Test func `bytes that are not UTF-8 are refused where they stand`() {
    let broken: [[UInt8]] = [
      [0xFF], [0xC3], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
    ]
    for tail in broken {
      do throws(JSONError) {
        _ = try JSONValue(parsing: Array("[\n\"é".utf8) + tail + Array("\"]".utf8), as: .json5)
        Issue.record("took \(tail)")
      } catch {
        #expect(error.position == JSONPosition(line: 2, column: 3, offset: 5), "\(error)")
      }
    }
  }

  @Test func `nesting up to the limit is read and one more is refused`() throws {
    let limits = JSONLimits(depth: 5)
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
      func text(_ depth: Int) -> String {
        String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
      }
      _ = try JSONValue(parsing: text(5), limits: limits)
      #expect(throws: JSONError.self) { try JSONValue(parsing: text(6), limits: limits) }
    }
    let bomb = String(repeating: "[", count: 1_000_000)
    #expect(throws: JSONError.self) { try JSONValue(parsing: bomb) }
  }

  @Test func `a text longer than the limit is not looked at`() throws {
    _ = try JSONValue(parsing: "[1]", limits: JSONLimits(bytes: 3))
    #expect(throws: JSONError("the text has 3 bytes; at most 2 are read", at: nil)) {
      try JSONValue(parsing: "[1]", limits: JSONLimits(bytes: 2))
    }
  }

  @Test func `values know where they began`() throws {
    let value = try JSONValue(parsing: "{\n  \"é\": [10,\n    {\"b\": null}]\n}")
    let member = try #require(value.object?.member("é"))
    #expect(member.position == JSONPosition(line: 2, column: 3, offset: 4))
    #expect(member.value.position == JSONPosition(line: 2, column: 8, offset: 10))
    let inner = try #require(member.value.array?.last?["b"])
    #expect(inner.position?.description == "line 3, column 11")
  }

  @Test func `a text cut anywhere is refused, never a trap`() {
    let text = Array(#"{"a":[1,-2.5e3,"x\u00e9\n",{"b":true}],"c":null}"#.utf8)
    for end in 0..<text.count {
      for dialect in [JSONDialect.strict, .json5] {
        #expect(throws: JSONError.self, "cut at \(end)") {
          try JSONValue(parsing: Array(text[..<end]), as: dialect)
        }
      }
    }
  }

  @Test(arguments: 0..<20)
  func `random texts are refused or come back`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    let alphabet = Array("{}[]\"':,/*\\u0019eE+-.xtrue nulfsaNIity\n\r\u{1F4E1}é".utf8)
    for _ in 0..<2000 {
      let text = (0..<Int.random(in: 0...24, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
      for dialect in [JSONDialect.strict, .json5] {
        guard let value = try? JSONValue(parsing: text, as: dialect) else { continue }
        if dialect == .strict {
          #expect((try? JSONValue(parsing: value.serialized())) == value, "seed \(seed): \(text)")
        }
      }
    }
  }
}
