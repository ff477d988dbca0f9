internal import InterlockLocks

/// What every lock backend promises, as checks that anybody can run on theirs.
public enum LockConformance {
  /// One promise.
  public struct Check: Sendable, CustomStringConvertible {
    /// What is promised.
    public let description: String
    /// Tries it.
    ///
    /// Throws ``ConformanceFailure`` when it is not kept.
    public let run: @Sendable (LockWorld) async throws -> Void

    init(_ description: String, _ run: @escaping @Sendable (LockWorld) async throws -> Void) {
      self.description = description
      self.run = run
    }
  }

  /// All of them.
  public static let checks: [Check] = exclusiveChecks + modes

  /// Those of locks that one holds alone: for a backend that refuses sharing and permits.
  public static let exclusiveChecks: [Check] = contract + order + fences + recovery + names

  /// The error that `body` throws, which has to be about a lock.
  static func lockError(
    _ promise: String, _ body: () async throws -> Void
  ) async throws -> LockError.Reason {
    do {
      try await body()
    } catch let error as LockError {
      return error.reason
    } catch {
      throw ConformanceFailure("\(promise): it threw \(error)")
    }
    throw ConformanceFailure("\(promise): it threw nothing")
  }
}
