import InterlockWire
import Testing

/// JSON5 1.0.0: what it adds to JSON, and what it still refuses.
@Suite struct JSON5Tests {
  static let accepted: [(text: String, value: JSONValue)] = [
    ("// c\n1", 1), ("1 // c", 1), ("/* c\n * d */ 1 /**/", 1), ("/***/1", 1), ("[1,]", [1]),
    ("{a:1,}", ["a": 1]), ("{$_a1:1, \"b\":2, 'c':3}", ["$_a1": 1, "b": 2, "c": 3]),
    ("{ünïcode: 1, \\u0061b: 2}", ["ünïcode": 1, "ab": 2]),
    ("'it\\'s \"x\"'", "it's \"x\""), ("'a\\\nb\\\r\nc\\\rd'", "abcd"),
    ("'\\x41\\v\\0\\q'", "A\u{b}\0q"), ("'\t'", "\t"), ("'\u{2028}'", "\u{2028}"),
    ("+1", 1), (".5", 0.5), ("5.", 5), ("-.5e1", -5), ("5.e-1", 0.5), ("0x1F", 31),
    ("0XdeCAF", 912_559),
    ("-0x10", -16), ("+0x7fffffffffffffff", 9_223_372_036_854_775_807),
    ("-0x8000000000000000", -9_223_372_036_854_775_808),
    ("0xffffffffffffffff", JSONValue(.number(.unsigned(.max)))), ("Infinity", .double(.infinity)),
    ("-Infinity", .double(-.infinity)), ("+Infinity", .double(.infinity)), ("NaN", .double(.nan)),
    ("\u{FEFF}\u{A0}\u{b}\u{c}\u{2028}\u{3000}1", 1),
    ("{Infinity: 1, NaN: 2, null: 3}", ["Infinity": 1, "NaN": 2, "null": 3]),
  ]

  @Test(arguments: accepted)
  func `what JSON5 adds is read`(text: String, value: JSONValue) throws {
    #expect(try JSONValue(parsing: text, as: .json5) == value)
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  static let refused: [(text: String, line: Int, column: Int)] = [
    ("/", 1, 1), ("/* c", 1, 1), ("[1]/", 1, 4), ("[,]", 1, 2), ("[1,,]", 1, 4), ("{,}", 1, 2),
    ("{a:1,,}", 1, 6), ("{a b:1}", 1, 4), ("{1a:1}", 1, 2), ("{a-b:1}", 1, 3), ("{\\x61:1}", 1, 2),
    ("{\\u0020:1}", 1, 2), ("{a:1,'a':2}", 1, 6), ("'a\nb'", 1, 3), ("'\\1'", 1, 2),
    ("'\\01'", 1, 2),
    ("'\\xg1'", 1, 2), ("'\\uD800'", 1, 2), ("'a\"", 1, 1), ("010", 1, 1), (".", 1, 2), ("+", 1, 2),
    ("0x", 1, 3), ("0xg", 1, 3), ("0x1g", 1, 4), ("0x10000000000000000", 1, 1),
    ("-0x8000000000000001", 1, 1), ("Infinit", 1, 1), ("Infinityx", 1, 1), ("nan", 1, 1),
    ("--1", 1, 2),
    ("+-1", 1, 2), ("1e", 1, 3), ("undefined", 1, 1), ("// only", 1, 8), ("1 \u{200B}", 1, 3),
  ]

  @Test(arguments: refused)
  func `anything else is refused at its line and column`(text: String, line: Int, column: Int) {
    do throws(JSONError) {
      let value = try JSONValue(parsing: text, as: .json5)
      Issue.record("took \(text) as \(value.serialized())")
    } catch {
      #expect(error.position?.line == line && error.position?.column == column, "\(text): \(error)")
    }
  }

  @Test func `the example of the specification is read`() throws {
    let value = try JSONValue(
      parsing: """
        {
          // comments
          unquoted: 'and you can quote me on that',
          singleQuotes: 'I can use "double quotes" here',
          lineBreaks: "Look, Mom! \\
        No \\\\n's!",
          hexadecimal: 0xdecaf,
          leadingDecimalPoint: .8675309, andTrailing: 8675309.,
          positiveSign: +1,
          trailingComma: 'in objects', andIn: ['arrays',],
          "backwardsCompatible": "with JSON",
        }
        """, as: .json5)
    #expect(value["lineBreaks"] == "Look, Mom! No \\n's!")
    #expect(value["hexadecimal"] == 912_559)
    #expect(value["andTrailing"] == 8_675_309)
    #expect(value["andIn"] == ["arrays"])
    #expect(value.object?.names.count == 10)
  }
}
