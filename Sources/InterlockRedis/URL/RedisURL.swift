internal import InterlockWire

/// Where a server is and how to get in: `redis://[user:password@]host[:port][/database]`.
///
/// `rediss://` speaks TLS; `?ca=PATH` names the authorities to trust. What a URL gives a meaning to is written `%XX`.
public struct RedisURL: Sendable, Hashable {
  /// The usual port.
  public static let usualPort: UInt16 = 6379

  /// A name or an address.
  public var host: String
  /// The port.
  public var port = usualPort
  /// Who gets in; nil for whoever a server takes without a name.
  public var user: String?
  /// The password; nil for none.
  public var password: String?
  /// Which of the server's numbered databases.
  public var database = 0
  /// Whether TLS is spoken.
  public var isProtected = false
  /// A file of certificates that are trusted; nil for those the system trusts.
  public var authorities: String?
  /// Who else has to have a grant before it counts; nil for nobody.
  public var replicas: RedisReplicas?

  /// A server without a password.
  public init(host: String, port: UInt16 = usualPort) {
    self.host = host
    self.port = port
  }

  /// Reads a URL.
  ///
  /// - Throws: ``Fault`` naming what is wrong; it never holds the password.
  public init(_ text: String) throws(Fault) {
    guard let schemeEnd = text.firstRange(of: "://") else {
      throw Fault("a server is written redis://host:port/database")
    }
    switch text[..<schemeEnd.lowerBound] {
    case "redis": isProtected = false
    case "rediss": isProtected = true
    case let other: throw Fault("'\(other)://' is no Redis server; write redis:// or rediss://")
    }
    let rest = text[schemeEnd.upperBound...]
    let (beforeQuery, query) = rest.cut(at: "?")
    let (authority, path) = beforeQuery.cut(at: "/")
    // The last one: a password may hold others, though it should not.
    let place: Substring
    if let at = authority.lastIndex(of: "@") {
      place = authority[authority.index(after: at)...]
      let (name, word) = authority[..<at].cut(at: ":")
      user = name.isEmpty ? nil : try Self.decoded(name, "the user")
      password = try word.map { word throws(Fault) in try Self.decoded(word, "the password") }
      guard user == nil || password != nil else {
        throw Fault("user '\(name)' has no password; write user:password@")
      }
    } else {
      place = authority
    }
    host = ""
    try takePlace(place)
    try takeDatabase(path ?? "")
    try takeOptions(query)
  }

  /// The URL without the password.
  public var title: String {
    let place = host.contains(":") ? "[\(host)]" : host
    let door = user.map { "\($0)@" } ?? ""
    return "\(isProtected ? "rediss" : "redis")://\(door)\(place):\(port)/\(database)"
  }

  /// What is wrong with a URL.
  public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
    /// In words.
    public let description: String

    init(_ what: String) { description = what }
  }

  private mutating func takePlace(_ place: Substring) throws(Fault) {
    let digits: Substring?
    if place.hasPrefix("[") {
      guard let end = place.firstIndex(of: "]") else {
        throw Fault("'\(place)' begins an address with [ and does not end it with ]")
      }
      host = String(place[place.index(after: place.startIndex)..<end])
      let after = place[place.index(after: end)...]
      guard after.isEmpty || after.hasPrefix(":") else {
        throw Fault("'\(after)' after the address; a port is written :6379")
      }
      digits = after.isEmpty ? nil : after.dropFirst()
    } else {
      let (name, number) = place.cut(at: ":")
      host = try Self.decoded(name, "the host")
      digits = number
    }
    guard !host.isEmpty else { throw Fault("the host is missing: redis://host:port/database") }
    guard let digits else { return }
    guard let number = UInt16(digits), number > 0 else {
      throw Fault("'\(digits)' is no port; one is 1 to 65535")
    }
    port = number
  }

  private mutating func takeDatabase(_ path: Substring) throws(Fault) {
    guard !path.isEmpty else { return }
    guard let number = Int(path), 0...1_000_000 ~= number else {
      throw Fault("'\(path)' is no database; one is a number, as in redis://host:port/0")
    }
    database = number
  }

  private mutating func takeOptions(_ query: Substring?) throws(Fault) {
    var (count, within): (Int?, Duration?) = (nil, nil)
    for option in (query ?? "").split(separator: "&") {
      let (name, value) = option.cut(at: "=")
      switch name {
      case "ca":
        guard isProtected else { throw Fault("ca=PATH needs rediss://, which speaks TLS") }
        guard let value, !value.isEmpty else { throw Fault("ca= needs a path") }
        authorities = try Self.decoded(value, "the path of ca")
      case "replicas": count = try Self.number(value, name, 1...64)
      case "within": within = .milliseconds(try Self.number(value, name, 1...60_000))
      default:
        throw Fault(
          "'\(name)' is no option of a server; ca=PATH, replicas=N and within=MILLISECONDS are")
      }
    }
    guard within == nil || count != nil else {
      throw Fault("within= says how long replicas have; say how many with replicas=N")
    }
    replicas = count.map { count in
      within.map { RedisReplicas(count, within: $0) } ?? RedisReplicas(count)
    }
  }

  private static func number(
    _ text: Substring?, _ name: Substring, _ range: ClosedRange<Int>
  ) throws(Fault) -> Int {
    guard let text, let number = Int(text), range ~= number else {
      throw Fault(
        "\(name)=\(text ?? "") is no number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private static func decoded(_ text: Substring, _ what: String) throws(Fault) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = String(decoding: Array(rest.prefix(2)), as: UTF8.self)
      guard let pair = Hex.decode(digits), pair.count == 1 else {
        throw Fault("\(what) has a % without two hexadecimal digits; a % itself is %25")
      }
      bytes += pair
      rest = rest.dropFirst(2)
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else {
      throw Fault("\(what) is no UTF-8")
    }
    return decoded
  }
}

extension Substring {
  /// What is before and after the first `mark`; nothing after it when there is none.
  fileprivate func cut(at mark: Character) -> (Substring, Substring?) {
    guard let index = firstIndex(of: mark) else { return (self, nil) }
    return (self[..<index], self[self.index(after: index)...])
  }
}
