/// Something the remote administration did that belongs in a log.
public enum AdminEvent: Sendable, Hashable {
  /// A client was let in.
  case loggedIn(PublicKey, Permissions)
  /// A login was not: its password is wrong, none is configured, or there were too many attempts.
  case loginRefused(PublicKey)
  /// A message was not later than the last of its client.
  case replayed(PublicKey)
  /// A command was carried out or refused; its words are not repeated, they may be a password.
  case commanded(PublicKey, command: String)
}
