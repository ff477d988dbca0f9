/// Why a server did not do what it was asked, as far as a lock is concerned.
package enum RemoteFault: Error, Sendable, Hashable {
  /// Where the lock is to be stands something else.
  case wrongType(String)
  /// The user may not.
  case notPermitted(String)
  /// It does not write.
  case readOnly
  /// Anything else, in words.
  case other(String)

  /// It did not answer within so long.
  package static func silent(_ limit: String) -> RemoteFault {
    .other("it did not answer within \(limit)")
  }
}

/// What is known of a step that was not taken as asked.
package enum RemoteFailure: Error, Sendable, Hashable {
  /// It never left: nothing has happened.
  case notSent(RemoteFault)
  /// It left and nothing came back: it may have happened.
  case unknown(RemoteFault)
  /// The server said no.
  case refused(RemoteFault)
}
