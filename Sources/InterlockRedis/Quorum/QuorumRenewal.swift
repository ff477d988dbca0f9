internal import Interlock
internal import InterlockLocks

/// What the servers say to a renewal of several leases: pure.
struct QuorumRenewal: Sendable {
  /// Whose answers decide about a lease.
  struct Electorate: Sendable {
    /// Servers whose votes count.
    var voters: Set<Int>
    /// Those that may turn out to vote for the holder, and cannot be counted on yet.
    var joining: Set<Int> = []
  }

  private enum Word {
    case confirmed
    case refused(LeaseLoss)
  }

  private let sent: Instant
  private let servers: Int
  private let electorates: [Electorate]
  /// For each lease, what each server said.
  private var words: [[Int: Word]]
  private var missing: Set<Int>

  init(_ electorates: [Electorate], servers: Int, sent: Instant) {
    (self.electorates, self.servers, self.sent) = (electorates, servers, sent)
    missing = Set(0..<servers)
    words = Array(repeating: [:], count: electorates.count)
  }

  /// Takes what one server says of each lease; nil when it says nothing.
  mutating func take(_ answer: [String]?, of server: Int) {
    missing.remove(server)
    guard let answer, answer.count == words.count else { return }
    for (lease, word) in answer.enumerated() {
      switch word {
      case "ok": words[lease][server] = .confirmed
      case "gone": words[lease][server] = .refused(.expired)
      case "reset": words[lease][server] = .refused(.backendReset)
      case "type": words[lease][server] = .refused(.stolen(by: "something that is no lock"))
      default:
        let thief = LockSession.name(ofToken: word.dropFirst("by ".count))
        words[lease][server] = .refused(.stolen(by: thief))
      }
    }
  }

  /// What becomes of a lease, and which servers said yes and no.
  struct Outcome: Sendable {
    var answer: LockRenewal.Answer
    var confirmedBy: Set<Int>
    var refusedBy: Set<Int>
  }

  /// What becomes of each lease; nil as long as more answers may change that.
  var outcomes: [Outcome]? {
    var outcomes: [Outcome] = []
    for lease in words.indices {
      guard let outcome = outcome(lease) else { return nil }
      outcomes.append(outcome)
    }
    return outcomes
  }

  private func outcome(_ lease: Int) -> Outcome? {
    var losses: [Int: LeaseLoss] = [:]
    for (server, word) in words[lease] {
      if case .refused(let loss) = word { losses[server] = loss }
    }
    let confirming = Set(words[lease].keys).subtracting(losses.keys)
    func outcome(_ answer: LockRenewal.Answer) -> Outcome {
      Outcome(answer: answer, confirmedBy: confirming, refusedBy: Set(losses.keys))
    }
    let majority = QuorumRound.majority(of: servers)
    let counting = electorates[lease].voters.subtracting(losses.keys)
    let possible = counting.union(electorates[lease].joining).subtracting(losses.keys)
    if counting.intersection(confirming).count >= majority {
      return outcome(.confirmed(sent: sent))
    }
    if possible.count < majority {
      // Another that has it says most, and one server that forgot it least.
      let said = losses.values
      let thief = said.first { if case .stolen = $0 { true } else { false } }
      let forgotten = !said.isEmpty && said.allSatisfy { $0 == .backendReset }
      return outcome(.refused(thief ?? (forgotten ? .backendReset : .expired)))
    }
    return missing.isEmpty ? outcome(.unanswered) : nil
  }
}
