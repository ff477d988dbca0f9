import Interlock
import InterlockRedis
import TestSupport
import Testing

@Suite struct RedisParserTests {
  private static func parsed(_ bytes: [UInt8], cutAt cut: Int? = nil) throws -> [RedisValue] {
    var parser = RedisParser()
    var values: [RedisValue] = []
    for part in [bytes[..<(cut ?? bytes.count)], bytes[(cut ?? bytes.count)...]] {
      parser.feed(part)
      while let value = try parser.next() { values.append(value) }
    }
    return values
  }

  static let samples: [(String, RedisValue)] = [
    ("+OK\r\n", .string("OK")),
    ("-ERR no\r\n", .error("ERR no")),
    (":-42\r\n", .integer(-42)),
    ("$5\r\na\r\nbc\r\n", .string("a\r\nbc")),
    ("$0\r\n\r\n", .string("")),
    ("$-1\r\n", .null),
    ("*-1\r\n", .null),
    ("_\r\n", .null),
    ("#t\r\n", .boolean(true)),
    ("#f\r\n", .boolean(false)),
    (",1.5\r\n", .double(1.5)),
    (",inf\r\n", .double(.infinity)),
    (
      "(3492890328409238509324850943850943825024385\r\n",
      .bigNumber("3492890328409238509324850943850943825024385")
    ),
    ("=8\r\ntxt:Some\r\n", .string("Some")),
    ("!5\r\nERR x\r\n", .error("ERR x")),
    ("*0\r\n", .array([])),
    ("%0\r\n", .map([])),
    (
      "*2\r\n*1\r\n:1\r\n~1\r\n$1\r\nx\r\n",
      .array([.array([.integer(1)]), .array([.string("x")])])
    ),
    ("%1\r\n+a\r\n*2\r\n:1\r\n_\r\n", .map([.string("a"), .array([.integer(1), .null])])),
    (
      ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n",
      .push([.string("message"), .string("c"), .string("m")])
    ),
    ("|1\r\n+ttl\r\n:9\r\n+value\r\n", .string("value")),
    ("*1\r\n|1\r\n+ttl\r\n:9\r\n:7\r\n", .array([.integer(7)])),
  ]

  @Test func `every kind of value is read, however the bytes are cut`() throws {
    for (text, value) in Self.samples {
      let bytes = Array(text.utf8)
      for cut in 0...bytes.count {
        #expect(try Self.parsed(bytes, cutAt: cut) == [value], "\(text.debugDescription) at \(cut)")
      }
    }
    let all = Self.samples.flatMap { Array($0.0.utf8) }
    var parser = RedisParser()
    var values: [RedisValue] = []
    for byte in all {
      parser.feed([byte])
      while let value = try parser.next() { values.append(value) }
    }
    #expect(values == Self.samples.map(\.1))
  }

  @Test func `no truncation is taken for a value`() throws {
    for (text, _) in Self.samples {
      let bytes = Array(text.utf8)
      for end in 0..<bytes.count {
        #expect(
          try Self.parsed(Array(bytes[..<end])) == [], "\(text.debugDescription) up to \(end)")
      }
    }
  }

  @Test(arguments: [
    "?\r\n", "\r\n", ":x\r\n", ":\r\n", "$x\r\n", "$-2\r\n", "$3\r\nabcd\r\n",
    "+no carriage return\n",
    ",x\r\n", "*-2\r\n", "%-1\r\n", "=2\r\nab\r\n", "$99999999999999999999\r\n",
  ])
  func `what no server sends is an error, and stays one`(_ text: String) {
    var parser = RedisParser()
    parser.feed(Array(text.utf8))
    #expect(throws: RedisProtocolError.self) { while try parser.next() != nil {} }
    parser.feed(Array("+OK\r\n".utf8))
    #expect(throws: RedisProtocolError.self) { try parser.next() }
  }

  @Test func `strings, lists, lines and depth have limits`() {
    var limits = RedisParser.Limits()
    (limits.text, limits.elements, limits.line, limits.depth) = (10, 4, 20, 3)
    func fails(_ text: String) -> Bool {
      var parser = RedisParser(limits: limits)
      parser.feed(Array(text.utf8))
      do { while try parser.next() != nil {} } catch { return true }
      return false
    }
    #expect(!fails("$10\r\n") && fails("$11\r\n"))
    #expect(!fails("*4\r\n") && fails("*5\r\n"))
    #expect(!fails("%2\r\n") && fails("%3\r\n"))
    #expect(!fails("+" + String(repeating: "a", count: 18)))
    #expect(fails("+" + String(repeating: "a", count: 25)))
    #expect(!fails("*1\r\n*1\r\n*1\r\n:1\r\n") && fails("*1\r\n*1\r\n*1\r\n*1\r\n"))
    // A huge count alone takes no memory.
    var parser = RedisParser()
    parser.feed(Array("*1048576\r\n:1\r\n".utf8))
    #expect(throws: Never.self) { try parser.next() }
  }

  @Test(.tags(.property)) func `random bytes never stop the program`() {
    var random = SeededGenerator(seed: 0x5EED)
    let alphabet = Array("+-:$*%>|_#,(=!~0123456789\r\n\r\nax".utf8)
    for _ in 0..<Schedules.count(3000) {
      var parser = RedisParser()
      for _ in 0..<40 {
        let part = (0..<Int.random(in: 0...9, using: &random)).map { _ in
          alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
        }
        parser.feed(part)
        do { while try parser.next() != nil {} } catch { break }
      }
    }
  }

  @Test func `a command is a list of strings with their lengths in bytes`() {
    #expect(
      RedisCommand("SET", "é", "").bytes
        == Array("*3\r\n$3\r\nSET\r\n$2\r\né\r\n$0\r\n\r\n".utf8))
    let long = String(repeating: "x", count: 1234)
    #expect(
      RedisCommand("ECHO", long).bytes == Array("*2\r\n$4\r\nECHO\r\n$1234\r\n\(long)\r\n".utf8))
  }
}
