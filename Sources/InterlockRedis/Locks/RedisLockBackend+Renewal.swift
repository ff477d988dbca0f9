internal import Interlock
public import InterlockLocks
internal import InterlockSystem

extension RedisLockBackend {
  /// Asks for another term for each of these grants: one call for each five hundred.
  public func renew(
    _ leases: [LockRenewal], _ answer: @escaping @Sendable ([LockRenewal.Answer]) -> Void
  ) {
    askForTerms(leases) { [weak self] answers in
      self?.driver.look { table in
        for (lease, answer) in zip(leases, answers) {
          guard case .refused = answer, let self else { continue }
          table.renewalRefused(self.format.token(lease.token))
        }
      }
      answer(answers)
    }
  }

  /// Asks for other terms, and takes no note of the answers.
  func askForTerms(
    _ leases: [LockRenewal], _ answer: @escaping @Sendable ([LockRenewal.Answer]) -> Void
  ) {
    guard !leases.isEmpty else { return reactor.post { answer([]) } }
    RenewalParts.renew(leases, answer, by: renewAtOnce)
  }

  private func renewAtOnce(
    _ leases: [LockRenewal], _ answer: @escaping @Sendable ([LockRenewal.Answer]) -> Void
  ) {
    let shortest = leases.map(\.term).min() ?? .seconds(30)
    let texts = leases.map { format.token($0.token) }
    let keys = leases.flatMap { lease in
      let keys = RedisLockKeys(lease.name, format).all
      return [keys[0], keys[2], keys[3], keys[4]]
    }
    let sent = clock.now
    call(
      scripts.renew,
      scripts.renew.call(
        keys: keys, zip(texts, leases).flatMap { [$0, "\(format.lease($1.term))"] }),
      within: min(.seconds(5), shortest / 4), waits: false
    ) { result in
      guard let words = try? result.get().elements, words.count == leases.count + 1 else {
        return answer(leases.map { _ in .unanswered })
      }
      answer(words.dropLast().map { Self.answer($0.string ?? "", sent: sent) })
    }
  }

  private static func answer(_ word: String, sent: Instant) -> LockRenewal.Answer {
    switch word {
    case "ok": .confirmed(sent: sent)
    case "gone": .refused(.expired)
    case "reset": .refused(.backendReset)
    case "type": .refused(.stolen(by: "something that is no lock"))
    default: .refused(.stolen(by: LockSession.name(ofToken: word.dropFirst("by ".count))))
    }
  }
}
