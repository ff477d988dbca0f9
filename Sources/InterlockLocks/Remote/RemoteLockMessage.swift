package import Interlock

/// What one client tells another by way of the server.
package enum RemoteLockMessage: Sendable, Hashable {
  /// It is that request's turn, if it is still so when it says so.
  case granted(token: String, Fence)
  /// It is first in line; the lease of the holder lasts so many ms.
  case first(token: String, left: Int64, isOurs: Bool)
  case revoked(token: String, by: String, reason: String)
  case asked(token: String, by: String, reason: String)

  /// Nil when it is none: anybody may publish anything.
  package init?(_ payload: [UInt8]) {
    let parts = String(decoding: payload, as: UTF8.self)
      .split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 5 else { return nil }
    let token = parts[2]
    switch parts[0] {
    case "g":
      guard let fence = UInt64(parts[3]) else { return nil }
      self = .granted(token: token, Fence(fence))
    case "h":
      guard let left = Int64(parts[3]) else { return nil }
      self = .first(token: token, left: left, isOurs: parts[4] == "o")
    case "r": self = .revoked(token: token, by: Self.text(parts[3]), reason: Self.text(parts[4]))
    case "y": self = .asked(token: token, by: Self.text(parts[3]), reason: Self.text(parts[4]))
    default: return nil
    }
  }

  /// A text as one word of a message.
  package static func word(_ text: String) -> String {
    NameEncoding.file(text.utf8.prefix(60)) + "."
  }

  /// The text that a word of a message stands for.
  package static func text(_ word: some StringProtocol) -> String {
    let bytes = NameEncoding.name(ofEncoded: word.dropLast()) ?? Array(word.utf8)
    return String(decoding: bytes, as: UTF8.self)
  }
}
