/// Reads what a server sends, however it is cut: RESP2 and RESP3.
///
/// Nothing is read twice: what is half there is kept on a stack. Everything has a limit, and nothing that is sent stops the
/// program: after ``RedisProtocolError`` the connection is of no use, and the parser says the same again.
///
/// *Source:* the RESP3 specification of Redis 6, and the RESP2 one before it.
package struct RedisParser: Sendable {
  /// What may come.
  package struct Limits: Sendable {
    /// Bytes of a line: a number, a short string, an error.
    package var line = 65_536
    /// Bytes of a string.
    package var text = 16 << 20
    /// Elements of one list; a map has two for each key.
    package var elements = 1 << 20
    /// Lists within lists.
    package var depth = 16
    package init() {}
  }

  private enum Kind { case array, map, push, attribute }

  /// A list of which some elements are still to come.
  private struct Frame {
    let kind: Kind
    var missing: Int
    var elements: [RedisValue] = []
  }

  /// What is there of the next element.
  private enum Part {
    case line
    /// The rest of a string that has this many bytes; verbatim ones begin with what kind of text they are.
    case text(count: Int, isVerbatim: Bool, isError: Bool)
  }

  private let limits: Limits
  private var buffer: [UInt8] = []
  /// Up to here it is read.
  private var start = 0
  /// Up to here there is no end of a line.
  private var scanned = 0
  private var part = Part.line
  private var frames: [Frame] = []
  private var failure: RedisProtocolError?

  package init(limits: Limits = Limits()) { self.limits = limits }

  /// Takes bytes as they came.
  package mutating func feed(_ bytes: some Collection<UInt8>) {
    if start == buffer.count {
      buffer.removeAll(keepingCapacity: buffer.count <= limits.line)
      (start, scanned) = (0, 0)
    } else if start > limits.line {
      buffer.removeFirst(start)
      (start, scanned) = (0, scanned - start)
    }
    buffer += bytes
  }

  /// The next value; nil until more has come.
  ///
  /// - Throws: ``RedisProtocolError`` when it cannot be one, from then on.
  package mutating func next() throws(RedisProtocolError) -> RedisValue? {
    if let failure { throw failure }
    do throws(RedisProtocolError) {
      while let value = try element() {
        if let whole = complete(value) { return whole }
      }
      return nil
    } catch {
      (failure, buffer, frames) = (error, [], [])
      (start, scanned) = (0, 0)
      throw error
    }
  }

  /// Puts a value where it belongs; nil when what it belongs to is not whole yet.
  private mutating func complete(_ value: RedisValue) -> RedisValue? {
    var value = value
    while let last = frames.indices.last {
      frames[last].elements.append(value)
      frames[last].missing -= 1
      guard frames[last].missing == 0 else { return nil }
      let frame = frames.removeLast()
      switch frame.kind {
      case .array: value = .array(frame.elements)
      case .map: value = .map(frame.elements)
      case .push: value = .push(frame.elements)
      // Remarks on what follows, which nobody here wants.
      case .attribute: return nil
      }
    }
    return value
  }

  /// The next element that is no list that has elements; nil until more has come.
  private mutating func element() throws(RedisProtocolError) -> RedisValue? {
    while true {
      switch part {
      case .text(let count, let isVerbatim, let isError):
        guard let text = try text(count) else { return nil }
        part = .line
        if isError { return .error(String(decoding: text, as: UTF8.self)) }
        return .text(Array(isVerbatim ? text.dropFirst(4) : text))
      case .line:
        guard let line = try line() else { return nil }
        guard let kind = line.first else { throw RedisProtocolError("an empty line") }
        if let value = try begin(kind, buffer[line.startIndex + 1..<line.endIndex]) {
          return value
        }
      }
    }
  }

  private mutating func line() throws(RedisProtocolError) -> ArraySlice<UInt8>? {
    var end = max(scanned, start)
    while end < buffer.count, buffer[end] != UInt8(ascii: "\n") { end += 1 }
    guard end - start <= limits.line else {
      throw RedisProtocolError("a line of more than \(limits.line) bytes")
    }
    guard end < buffer.count else {
      scanned = end
      return nil
    }
    guard end > start, buffer[end - 1] == UInt8(ascii: "\r") else {
      throw RedisProtocolError("a line that does not end with CR LF")
    }
    defer { (start, scanned) = (end + 1, end + 1) }
    return buffer[start..<end - 1]
  }

  private mutating func text(_ count: Int) throws(RedisProtocolError) -> ArraySlice<UInt8>? {
    guard buffer.count - start >= count + 2 else { return nil }
    let end = start + count
    guard buffer[end] == UInt8(ascii: "\r"), buffer[end + 1] == UInt8(ascii: "\n") else {
      throw RedisProtocolError("a string of \(count) bytes that does not end with CR LF")
    }
    defer { (start, scanned) = (end + 2, end + 2) }
    return buffer[start..<end]
  }

  /// Reads a line whose first character is `kind`; nil when a string or list begins with it.
  private mutating func begin(
    _ kind: UInt8, _ rest: ArraySlice<UInt8>
  ) throws(RedisProtocolError) -> RedisValue? {
    switch kind {
    case UInt8(ascii: "+"): return .text(Array(rest))
    case UInt8(ascii: "-"): return .error(String(decoding: rest, as: UTF8.self))
    case UInt8(ascii: ":"): return .integer(try Self.number(rest))
    case UInt8(ascii: "_"): return .null
    case UInt8(ascii: "("): return .bigNumber(String(decoding: rest, as: UTF8.self))
    case UInt8(ascii: "#"): return .boolean(rest.elementsEqual([UInt8(ascii: "t")]))
    case UInt8(ascii: ","):
      let text = String(decoding: rest, as: UTF8.self)
      guard let number = Double(text) else { throw RedisProtocolError("'\(text)' for a number") }
      return .double(number)
    case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
      return try beginText(kind, Self.number(rest))
    case UInt8(ascii: "*"), UInt8(ascii: "~"): return try beginList(.array, Self.number(rest))
    case UInt8(ascii: "%"): return try beginList(.map, Self.number(rest))
    case UInt8(ascii: ">"): return try beginList(.push, Self.number(rest))
    case UInt8(ascii: "|"): return try beginList(.attribute, Self.number(rest))
    default: throw RedisProtocolError("a value of the unknown kind \(kind)")
    }
  }

  private mutating func beginText(
    _ kind: UInt8, _ count: Int64
  ) throws(RedisProtocolError) -> RedisValue? {
    if count == -1 { return .null }
    let isVerbatim = kind == UInt8(ascii: "=")
    guard count >= (isVerbatim ? 4 : 0), count <= limits.text else {
      throw RedisProtocolError("a string of \(count) bytes; \(limits.text) are the most")
    }
    part = .text(count: Int(count), isVerbatim: isVerbatim, isError: kind == UInt8(ascii: "!"))
    return nil
  }

  private mutating func beginList(
    _ kind: Kind, _ count: Int64
  ) throws(RedisProtocolError) -> RedisValue? {
    if count == -1, kind == .array { return .null }
    let isPaired = kind == .map || kind == .attribute
    guard count >= 0, count <= limits.elements / (isPaired ? 2 : 1) else {
      throw RedisProtocolError("a list of \(count) elements; \(limits.elements) are the most")
    }
    guard frames.count < limits.depth else {
      throw RedisProtocolError("more than \(limits.depth) lists within each other")
    }
    if count == 0 {
      switch kind {
      case .array: return .array([])
      case .map: return .map([])
      case .push: return .push([])
      case .attribute: return nil
      }
    }
    frames.append(Frame(kind: kind, missing: Int(count) * (isPaired ? 2 : 1)))
    return nil
  }

  private static func number(_ digits: ArraySlice<UInt8>) throws(RedisProtocolError) -> Int64 {
    let text = String(decoding: digits, as: UTF8.self)
    guard let number = Int64(text) else {
      throw RedisProtocolError("'\(text.prefix(40))' for a whole number")
    }
    return number
  }
}

/// What came is not what a Redis server sends.
package struct RedisProtocolError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What it was.
  package let description: String

  package init(_ what: String) { description = "it sent \(what)" }
}
