/// Why a lease is a claim no longer.
public enum LeaseLoss: Error, Sendable, Hashable {
  /// Its term ended, and it was not to be renewed.
  case expired
  /// It was held for as long as it was allowed to be.
  case holdLimit
  /// Whoever grants it could not be reached in time: it may have ended there, or soon will.
  case disconnected
  /// Somebody took it away.
  indirect case revoked(by: String, reason: String)
  /// Another has it.
  indirect case stolen(by: String)
  /// Whoever grants it has forgotten it.
  case backendReset

  /// Whether whoever grants it may still have it in its books, so that giving it back is not in vain.
  public var mayBeRecorded: Bool {
    switch self {
    case .expired, .holdLimit, .disconnected: true
    case .revoked, .stolen, .backendReset: false
    }
  }
}

extension LeaseLoss: CustomStringConvertible {
  /// What happened.
  public var description: String {
    switch self {
    case .expired: "its term ended"
    case .holdLimit: "it was held for as long as it may be"
    case .disconnected: "it could not be renewed in time"
    case .revoked(let by, let reason): "\(by) took it away\(reason.isEmpty ? "" : ": \(reason)")"
    case .stolen(let by): "\(by) has it"
    case .backendReset: "it was forgotten where it was granted"
    }
  }
}
