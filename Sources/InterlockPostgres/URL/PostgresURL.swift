internal import InterlockSystem

/// Where a database is and how to get in: `postgres://[user[:password]@][host][:port][/database][?option=value]`.
///
/// It is what libpq takes: `sslmode` and `sslrootcert` say whether TLS is spoken and whom to trust, and what is not said is taken
/// from the environment and the password file as with `psql`.
///
/// *Source:* PostgreSQL documentation, 34.1.1.2, connection URIs.
public struct PostgresURL: Sendable, Hashable {
  /// The URL, with the password in it.
  public let text: String
  /// Whether a name has to be looked up to connect, which may take long.
  let needsLookup: Bool

  /// Reads a URL.
  ///
  /// - Throws: ``Fault`` naming what is wrong; it never holds the password.
  public init(_ text: String) throws(Fault) {
    guard ["postgres://", "postgresql://"].contains(where: text.hasPrefix) else {
      throw Fault(description: "a database is written postgres://user@host:port/database")
    }
    let options = try PostgresURLCheck.options(of: text).get()
    self.text = text
    let hosts = options["hostaddr"] ?? options["host"] ?? ""
    needsLookup = hosts.split(separator: ",", omittingEmptySubsequences: false).contains { host in
      !host.hasPrefix("/") && !HostName.isAddress(String(host))
    }
  }

  /// The URL without the password, and without options.
  public var title: String {
    let beforeOptions = text.prefix { $0 != "?" }
    guard let start = beforeOptions.firstRange(of: "://")?.upperBound,
      let at = beforeOptions[start...].prefix(while: { $0 != "/" }).lastIndex(of: "@"),
      let colon = beforeOptions[start..<at].firstIndex(of: ":")
    else { return String(beforeOptions) }
    return String(beforeOptions[..<colon] + beforeOptions[at...])
  }

  /// What is wrong with a URL.
  public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
    /// In words.
    public let description: String
  }

  /// What a connection is made with, beyond the URL.
  func parameters(clientName: String) -> [(name: String, value: String)] {
    [
      // A later one of a name is taken before an earlier one, and those of the URL are where it stands.
      ("fallback_application_name", clientName),
      // A server that is gone without a word is found out by the kernel too.
      ("keepalives_idle", "5"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
      ("tcp_user_timeout", "15000"),
      ("dbname", text),
      ("client_encoding", "UTF8"),
    ]
  }
}
