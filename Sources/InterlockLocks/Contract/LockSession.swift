internal import InterlockWire
internal import Synchronization

/// One life of one client: what the tokens of its requests begin with.
public final class LockSession: Sendable {
  /// The process.
  public let owner: LockOwner
  /// Drawn at random for this life, so that nobody guesses a token.
  public let secret: UInt64
  /// What every token of it begins with.
  public let prefix: String
  private let requests = Atomic<UInt64>(0)

  /// Begins a life.
  ///
  /// - Parameters:
  ///   - owner: The process.
  ///   - secret: Drawn at random.
  public init(owner: LockOwner, secret: UInt64) {
    self.owner = owner
    self.secret = secret
    let host = NameEncoding.file(owner.host.utf8.prefix(Self.longestHost))
    prefix = "il1:\(host):\(owner.process):\(owner.processStart):\(Hex.of(secret)):"
  }

  /// A host's name is cut here, so that a token stays within 200 bytes.
  private static let longestHost = 40

  /// The token of a new request.
  public func nextToken() -> LockToken {
    LockToken(self, requests.add(1, ordering: .relaxed).newValue)
  }

  /// Whom a token names: a process where it tells, else itself.
  package static func name(ofToken token: Substring) -> String {
    owner(of: token).map { "\($0)" } ?? String(token).escapedForDisplay
  }

  /// Who made the token, as far as it tells; nil for a token of other software.
  public static func owner(of token: some StringProtocol) -> LockOwner? {
    let parts = token.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "il1", let process = Int32(parts[2]),
      let start = UInt64(parts[3]), let host = NameEncoding.name(ofEncoded: parts[1])
    else { return nil }
    return LockOwner(
      host: String(decoding: host, as: UTF8.self), process: process, processStart: start)
  }
}

extension Hex {
  /// The sixteen digits of a number.
  fileprivate static func of(_ number: UInt64) -> String {
    encode((0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
  }
}
