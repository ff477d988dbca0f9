internal import InterlockWire

/// Several servers that vote: `redis+quorum://[user:password@]host:port,host:port,host:port[/database]`.
///
/// | option | what it says |
/// | --- | --- |
/// | `persistent=yes` | no server forgets anything when it restarts: `appendfsync always` |
/// | `longest=DURATION` | the longest term that any client asks for, 30 s if nothing is said; for so long after its start a server that may have forgotten is not counted |
/// | `keys=plain` | the key is the name itself, as redsync and pottery have it: for locks that are shared with them |
public struct RedisQuorumURL: Sendable, Hashable {
  /// How many servers there may be.
  public static let sizes = [3, 5, 7]

  /// The servers, each on its own: no replicas of each other.
  public var servers: [RedisURL]
  /// Whether a server that restarts has forgotten nothing.
  public var isPersistent = false
  /// The longest term that anybody asks for.
  public var longestTerm = Duration.seconds(30)
  /// Whether the key is the name itself.
  public var hasPlainKeys = false

  /// Servers by what each is.
  ///
  /// - Throws: `RedisURL.Fault` when they are not 3, 5 or 7 different ones.
  public init(_ servers: [RedisURL]) throws(RedisURL.Fault) {
    self.servers = servers
    try check()
  }

  /// Reads a URL.
  ///
  /// - Throws: `RedisURL.Fault` naming what is wrong; it never holds the password.
  public init(_ text: String) throws(RedisURL.Fault) {
    let scheme = "redis+quorum://"
    guard text.hasPrefix(scheme) else {
      throw RedisURL.Fault("several servers are written \(scheme)host:port,host:port,host:port/0")
    }
    let rest = text.dropFirst(scheme.count)
    let queryStart = rest.firstIndex(of: "?")
    let before = rest[..<(queryStart ?? rest.endIndex)]
    let pathStart = before.firstIndex(of: "/")
    let authority = before[..<(pathStart ?? before.endIndex)]
    let path = pathStart.map { before[$0...] } ?? ""
    let at = authority.lastIndex(of: "@")
    let door = at.map { authority[...$0] } ?? ""
    let places = at.map { authority[authority.index(after: $0)...] } ?? authority
    servers = []
    for place in places.split(separator: ",", omittingEmptySubsequences: false) {
      servers.append(try RedisURL("redis://\(door)\(place)\(path)"))
    }
    try check()
    for option in queryStart.map({ rest[rest.index(after: $0)...] })?.split(separator: "&") ?? [] {
      try take(option)
    }
  }

  private func check() throws(RedisURL.Fault) {
    guard Self.sizes.contains(servers.count) else {
      throw RedisURL.Fault(
        "\(servers.count) servers do not vote; name 3, 5 or 7, of which most have to agree")
    }
    let places = Set(servers.map { "\($0.host):\($0.port)" })
    guard places.count == servers.count else {
      throw RedisURL.Fault("a server is named twice; each has one vote")
    }
  }

  private mutating func take(_ option: Substring) throws(RedisURL.Fault) {
    switch option {
    case "persistent=yes": isPersistent = true
    case "persistent=no": isPersistent = false
    case "keys=plain": hasPlainKeys = true
    case "keys=own": hasPlainKeys = false
    case _ where option.hasPrefix("longest="):
      let word = String(option.dropFirst("longest=".count))
      guard let term = Duration(notation: word), term >= .milliseconds(100),
        term <= .seconds(86_400)
      else { throw RedisURL.Fault("'\(word)' is no longest term; one is 100ms to 24h") }
      longestTerm = term
    default:
      throw RedisURL.Fault(
        "'\(option)' is no option of servers that vote; persistent=yes, longest=DURATION and "
          + "keys=plain are")
    }
  }

  /// The URL without the password.
  public var title: String {
    let places = servers.map { server in
      server.host.contains(":")
        ? "[\(server.host)]:\(server.port)" : "\(server.host):\(server.port)"
    }
    let door = servers[0].user.map { "\($0)@" } ?? ""
    return "redis+quorum://\(door)\(places.joined(separator: ","))/\(servers[0].database)"
  }
}
