internal import InterlockCrypto
internal import InterlockWire

/// A script the server runs in one step, called by the digest of its text.
package struct RedisScript: Sendable, Hashable {
  /// What the server is given when it does not know it.
  package let text: String
  /// What it is called by from then on.
  package let digest: String
  /// What every call of it begins with, as it is sent.
  private let head: [UInt8]

  /// A script.
  package init(_ text: String) {
    self.text = text
    digest = Hex.encode(SHA1.digest(of: Array(text.utf8)))
    head = RedisCommand.encoded(["EVALSHA", digest])
  }

  /// Calls it.
  package func call(keys: [String], _ arguments: [String]) -> RedisCommand {
    RedisCommand(head, count: 2, ["\(keys.count)"] + keys + arguments)
  }

  /// Calls it for one lock.
  func call(_ keys: RedisLockKeys, _ arguments: [String]) -> RedisCommand {
    RedisCommand(head + keys.encoded, count: 3 + keys.all.count, arguments)
  }

  /// Gives it to the server.
  package var load: RedisCommand { RedisCommand("SCRIPT", "LOAD", text) }
}
