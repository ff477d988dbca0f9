internal import InterlockCrypto
internal import InterlockWire

/// A script the server runs in one step, called by the digest of its text.
package struct RedisScript: Sendable, Hashable {
  /// What the server is given when it does not know it.
  package let text: String
  /// What it is called by from then on.
  package let digest: String

  /// A script.
  package init(_ text: String) {
    self.text = text
    digest = Hex.encode(SHA1.digest(of: Array(text.utf8)))
  }

  /// Calls it.
  package func call(keys: [String], _ arguments: [String]) -> RedisCommand {
    RedisCommand(["EVALSHA", digest, "\(keys.count)"] + keys + arguments)
  }

  /// Gives it to the server.
  package var load: RedisCommand { RedisCommand("SCRIPT", "LOAD", text) }
}
