internal import Interlock
internal import InterlockLocks

/// What becomes of the votes for a holder.
///
/// A majority has been enough to get it. With the votes of the others it also outlasts servers, so it asks for those as they
/// can be had. Such a vote counts from the time at which it is known that the lock was held without it: otherwise a holder that
/// had lost a majority without knowing could collect another one, and be a holder again after somebody else was.
extension QuorumTable {
  /// What clocks that do not run alike are allowed, as in the lease itself.
  static func allowance(_ term: Duration) -> Duration { max(term / 100, .milliseconds(2)) }

  /// Asks a server that has its vote to give, or may have, to vote for a holder too.
  mutating func join(_ request: QuorumRequest, _ server: Int, at now: Instant) -> [Action] {
    guard request.isHeld, now < request.validUntil else { return [] }
    let joining = update(request.number) { request in
      request.voters.remove(server)
      request.joining.insert(server)
    }
    return joining.map { [.join($0, server)] } ?? []
  }

  /// A server answered `join`.
  mutating func joined(_ number: UInt64, _ server: Int, _ vote: QuorumVote, at now: Instant) {
    update(number) { request in
      guard request.joining.remove(server) != nil, request.isHeld, now < request.validUntil,
        case .granted = vote
      else { return }
      request.voters.insert(server)
    }
  }

  /// Whose votes count for a renewal, and whose may yet; anybody's for what is not held here.
  func electorate(of token: String) -> QuorumRenewal.Electorate {
    guard let request = request(token), request.isHeld else {
      return QuorumRenewal.Electorate(voters: everybody)
    }
    return QuorumRenewal.Electorate(voters: request.voters, joining: request.joining)
  }

  /// A renewal was answered: those that said no do not count from then on.
  ///
  /// Those that said yes do, if the lock is held beyond doubt without this renewal: then their votes have not come back from
  /// anywhere, or it does not matter.
  mutating func renewed(
    _ token: String, _ outcome: QuorumRenewal.Outcome, at now: Instant
  ) -> [Action] {
    guard let request = request(token), request.isHeld else { return [] }
    update(request.number) { request in
      if now < request.validUntil { request.voters.formUnion(outcome.confirmedBy) }
      request.voters.subtract(outcome.refusedBy)
    }
    switch outcome.answer {
    case .confirmed(let sent):
      update(request.number) { request in
        let end = sent.advanced(by: request.term - Self.allowance(request.term))
        request.validUntil = max(request.validUntil, end)
      }
      return []
    case .refused:
      // Whoever asked is told; what is left of the grant is given back.
      return leave(request, at: now) { _ in }
    case .unanswered: return []
    }
  }
}
