/// A command as it is sent: a list of strings.
package struct RedisCommand: Sendable, Hashable {
  /// What goes over the wire.
  package private(set) var bytes: [UInt8]

  /// A command of these words.
  package init(_ words: String...) { self.init(words) }

  /// A command of these words.
  package init(_ words: [String]) {
    bytes = []
    bytes.reserveCapacity(words.reduce(16) { $0 + $1.utf8.count + 16 })
    Self.append(UInt8(ascii: "*"), words.count, to: &bytes)
    for word in words { Self.append(word, to: &bytes) }
  }

  /// A command of words of which some are there as they are sent.
  init(_ head: [UInt8], count: Int, _ words: [String]) {
    bytes = []
    bytes.reserveCapacity(words.reduce(head.count + 16) { $0 + $1.utf8.count + 16 })
    Self.append(UInt8(ascii: "*"), count + words.count, to: &bytes)
    bytes += head
    for word in words { Self.append(word, to: &bytes) }
  }

  /// Words as they are sent, to be used in many commands.
  static func encoded(_ words: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for word in words { append(word, to: &bytes) }
    return bytes
  }

  private static func append(_ word: String, to bytes: inout [UInt8]) {
    append(UInt8(ascii: "$"), word.utf8.count, to: &bytes)
    bytes += word.utf8
    bytes.append(13)
    bytes.append(10)
  }

  private static func append(_ kind: UInt8, _ number: Int, to bytes: inout [UInt8]) {
    bytes.append(kind)
    var digits = number
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(digits % 10))
      digits /= 10
    } while digits > 0
    bytes[start...].reverse()
    bytes.append(13)
    bytes.append(10)
  }
}
