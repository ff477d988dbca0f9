internal import InterlockWire

/// What stands in the key of a NoDb lock, as far as a reader looks at it.
///
/// ```
/// {"token":"<32 hex>","owner":"<host>:<process>","acquired_at":<s>,"expires_at":<s>,"ttl":<s>}
/// ```
package struct NoDbPayload: Sendable, Hashable {
  /// What is compared; the whole value where it names none, as older writers leave it.
  package let token: String
  /// `host:process`; nil when it does not tell.
  package let owner: String?
  /// How long it lasts, in seconds; nil when it does not tell.
  package let ttl: Int64?

  /// Reads whatever stands there.
  package init(parsing value: String) {
    // Anything that is no JSON is a token.
    let found = try? JSONValue(parsing: Array(value.utf8))
    token = found?["token"]?.string ?? value
    owner = found?["owner"]?.string
    ttl = found?["ttl"]?.number?.exactly(Int64.self)
  }
}
