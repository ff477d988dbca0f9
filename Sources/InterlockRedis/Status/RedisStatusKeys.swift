package import InterlockLocks

/// Where one status stands on a server.
///
/// | key | type | content |
/// | --- | --- | --- |
/// | `il:st:{scope}:name` | string | the whole entry as JSON; it ends with the status |
/// | `il:st:{scope}` | sorted set | names → when they end, in the server's ms |
/// | `givtcp:status:NAME` | string | `1`, where the status is a flag of the legacy programs |
///
/// Both parts are written as `NameEncoding` has them; the scope is empty where there is none.
package struct RedisStatusKeys: Sendable, Hashable {
  /// What the keys of all scopes begin with.
  static let prefix = "il:st:{"
  /// Where each change is told, by the key of its scope.
  static let channel = "il:st:ev"

  /// The whole entry.
  package let entry: String
  /// The names of its scope.
  package let index: String
  /// What the status is called in the index.
  package let member: String
  /// The flag of the legacy programs; nil where it is none.
  package let flag: String?

  /// Those of a status.
  package init(_ key: StatusKey) {
    index = Self.index(of: key.scope)
    member = key.name.key
    entry = "\(index):\(member)"
    flag = key.flag.map { "givtcp:status:\($0.name)" }
  }

  /// The names of a scope.
  static func index(of scope: StatusName?) -> String { "\(prefix)\(scope?.key ?? "")}" }
}
