internal import Interlock

/// Leases that are renewed by several calls of a script, and one answer for all of them.
package enum RenewalParts {
  package typealias Answer = @Sendable ([LockRenewal.Answer]) -> Void

  /// So many are renewed by one call, which others wait for.
  private static let mostAtOnce = 500

  /// Has the leases renewed part by part.
  ///
  /// - Parameters:
  ///   - leases: At least one.
  ///   - answer: Told once, when every part was answered, in the order of `leases`.
  ///   - renew: Renews a part, and is told the answers to it once.
  package static func renew(
    _ leases: [LockRenewal], _ answer: @escaping Answer,
    by renew: ([LockRenewal], @escaping Answer) -> Void
  ) {
    let parts = stride(from: 0, to: leases.count, by: mostAtOnce).map {
      Array(leases[$0..<min($0 + mostAtOnce, leases.count)])
    }
    let collected = Guarded(
      (answers: [[LockRenewal.Answer]?](repeating: nil, count: parts.count), missing: parts.count))
    for (place, part) in parts.enumerated() {
      renew(part) { answers in
        let all: [LockRenewal.Answer]? = collected.withLock { collected in
          collected.answers[place] = answers
          collected.missing -= 1
          return collected.missing == 0 ? collected.answers.flatMap { $0 ?? [] } : nil
        }
        if let all { answer(all) }
      }
    }
  }
}
