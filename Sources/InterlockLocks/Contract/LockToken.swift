/// What names one request and the grant it becomes: unique, and not to be guessed.
public struct LockToken: Sendable, Hashable {
  /// Who asks.
  public let session: LockSession
  /// Which of its requests; they count up.
  public let number: UInt64

  /// Names a request.
  public init(_ session: LockSession, _ number: UInt64) {
    self.session = session
    self.number = number
  }

  /// Whether it is the same request.
  public static func == (left: LockToken, right: LockToken) -> Bool {
    left.number == right.number && left.session === right.session
  }

  /// Tells requests apart.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(number)
    hasher.combine(session.secret)
  }

  /// `il1:host:process:start:secret:number`, as servers and files record it.
  public var text: String { "\(session.prefix)\(number)" }
}

extension LockToken: CustomStringConvertible {
  /// The text.
  public var description: String { text }
}
