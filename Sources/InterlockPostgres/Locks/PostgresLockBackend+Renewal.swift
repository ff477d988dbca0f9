internal import Interlock
public import InterlockLocks
internal import InterlockSystem

extension PostgresLockBackend {
  static let renewStatement = PostgresStatement("renew", "text[], text[], integer[]")

  /// Asks for another term for each of these grants: one call for each five hundred.
  public func renew(
    _ leases: [LockRenewal], _ answer: @escaping @Sendable ([LockRenewal.Answer]) -> Void
  ) {
    guard !leases.isEmpty else { return reactor.post { answer([]) } }
    let told: RenewalParts.Answer = { [weak self] answers in
      self?.driver.look { table in
        for case (let lease, .refused) in zip(leases, answers) {
          table.renewalRefused(lease.token.text)
        }
      }
      answer(answers)
    }
    RenewalParts.renew(leases, told, by: renewAtOnce)
  }

  private func renewAtOnce(
    _ leases: [LockRenewal], _ answer: @escaping @Sendable ([LockRenewal.Answer]) -> Void
  ) {
    let sent = clock.now
    connection.call(
      Self.renewStatement,
      [
        .array(leases.map(\.name.text)), .array(leases.map(\.token.text)),
        .array(leases.map { "\($0.term.nanoseconds / 1_000_000)" }),
      ], waits: false
    ) { result in
      let text = (try? result.get().first?.first ?? nil) ?? ""
      let words = text.split(separator: "\n", omittingEmptySubsequences: false)
      guard words.count == leases.count, !text.isEmpty else {
        return answer(leases.map { _ in .unanswered })
      }
      answer(words.map { Self.answer($0, sent: sent) })
    }
  }

  private static func answer(_ word: Substring, sent: Instant) -> LockRenewal.Answer {
    switch word {
    case "ok": .confirmed(sent: sent)
    case "gone": .refused(.expired)
    case "reset": .refused(.backendReset)
    default: .refused(.stolen(by: LockSession.name(ofToken: word.dropFirst("by ".count))))
    }
  }
}

extension PostgresValue {
  /// An array, as PostgreSQL writes it.
  static func array(_ texts: [String]) -> PostgresValue {
    let quoted = texts.map { text in
      let escaped = text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
      return "\"\(String(escaped))\""
    }
    return .text("{\(quoted.joined(separator: ","))}")
  }
}
