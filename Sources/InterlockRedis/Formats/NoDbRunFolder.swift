public import Interlock
public import InterlockLocks
internal import InterlockSystem

/// The working folder of a NoDb run, as what goes with the locks of its documents: none is given while it is read-only.
///
/// A file `READONLY` says so, whatever stands in it. It is looked for when the lock is held, so that one that was made while
/// the lock was waited for counts too.
public final class NoDbRunFolder: LockCompanion {
  /// The folder.
  public let path: String

  /// The folder of a run.
  public init(_ path: String) { self.path = path }

  /// Looks whether the folder is read-only.
  ///
  /// - Throws: `LockError`, with `LockError.Reason.readOnly(_:)` when it is.
  /// - Returns: false: it does not wait.
  public func take(
    _ name: LockName, for token: LockToken, by clock: any MonotonicClock, until deadline: Instant?
  ) async throws -> Bool {
    let isReadOnly: Bool
    do {
      isReadOnly = try await BlockingPool.shared.run { [path] in
        // In a folder that is not there nothing is marked.
        _ = try FileDescriptor.folder(path)
        return try FlagFile.identity(of: "\(path)/READONLY") != nil
      }
    } catch let error as SystemError {
      throw LockError(name, .unavailable(backend: path, cause: error.what))
    }
    if isReadOnly { throw LockError(name, .readOnly(path)) }
    return false
  }

  /// Nothing was taken.
  public func giveBack(
    _ name: LockName, for token: LockToken, _ done: @escaping @Sendable () -> Void
  ) { done() }

  /// Nobody holds a folder.
  ///
  /// - Throws: nothing.
  /// - Returns: nil.
  public func holder(of name: LockName) async throws(LockError) -> LockHolder? { nil }
}
