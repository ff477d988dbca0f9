public import Interlock

/// What a backend tells about one request.
///
/// First comes one of `granted` and `refused`. After `granted` may come any number of `asked` and at most one `lost`.
public enum LockEvent: Sendable {
  /// It is held from now on.
  case granted(LockGrant)
  /// It is not held, and will not be.
  case refused(LockRefusal)
  /// Somebody would like to have it: the holder may give it back, and need not.
  case asked(by: String, reason: String)
  /// It is held no longer.
  case lost(LeaseLoss)
}

/// Why a request was not granted.
public indirect enum LockRefusal: Error, Sendable {
  /// It is held, and the request was not to wait.
  case busy(holder: LockHolder?)
  /// It was withdrawn.
  case withdrawn(holder: LockHolder?)
  /// It cannot be asked for.
  case failed(LockError)
}
