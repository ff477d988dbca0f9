public import InterlockLocks

/// Compares what is recorded about a lock with itself, and with what happens to one who tries it.
public struct ConsistencyCheck: Sendable {
  private let client: LockClient

  /// Looks with a client.
  public init(_ client: LockClient) { self.client = client }

  /// Looks at a lock that nobody takes, gives back or waits for meanwhile.
  ///
  /// - Parameter name: The lock.
  /// - Throws: `LockError` when it cannot be looked at.
  /// - Returns: what does not agree; empty when everything does.
  public func findings(about name: LockName) async throws -> [String] {
    var findings = try await client.disagreements(about: name)
    let record = try await client.record(of: name)
    if let held = try await client.tryLock(name) {
      if let holder = record.holders.first {
        findings.append("it is recorded as held by \(holder.inWords), and a try got it")
      }
      try await held.release()
    } else if record.holders.isEmpty {
      findings.append("it is recorded as held by nobody, and a try did not get it")
    }
    return findings
  }
}
