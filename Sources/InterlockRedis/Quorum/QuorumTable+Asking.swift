internal import Interlock
internal import InterlockLocks
internal import InterlockSystem

/// Asking, collecting votes, waiting.
extension QuorumTable {
  /// A request is made, at that time of day in microseconds.
  mutating func begin(_ request: QuorumRequest, micros: UInt64, at now: Instant) -> [Action] {
    var request = request
    request.giveUp = now.advanced(by: configuration.answerLimit)
    return ask(insert(request, micros: micros).number, at: now)
  }

  /// Asks every server that is there for its vote.
  mutating func ask(_ number: UInt64, at now: Instant) -> [Action] {
    var round = QuorumRound(
      number: nextNumber(), sent: now, servers: configuration.servers, counting: counting(at: now))
    let ready = ready
    for server in everybody.subtracting(ready) {
      round.take(.failed(.disconnected("it is being made again"), mayHaveVoted: false), of: server)
    }
    let asking = update(number) { request in
      request.phase = .asking(round)
      request.turns = []
    }
    guard let asking else { return [] }
    timers.set(number, nil)
    guard !ready.isEmpty else { return judge(asking, at: now) }
    return [.take(asking, round: round.number, ready)]
  }

  /// A server answered `take`, or `fence`.
  mutating func voted(
    _ number: UInt64, round: UInt64, _ server: Int, _ vote: QuorumVote, at now: Instant
  ) -> [Action] {
    guard let request = requests[number] else { return [] }
    switch request.phase {
    case .asking(var current) where current.number == round:
      current.take(vote, of: server)
      return judge(request, .asking(current), at: now)
    case .fencing(var current, let fence) where current.number == round:
      current.take(vote, of: server)
      return judge(request, .fencing(current, fence), at: now)
    case .held where request.round == round:
      // A majority did not wait for it.
      if case .granted = vote, now < request.validUntil {
        update(number) { $0.voters.insert(server) }
      }
      return []
    // Said too late to matter: it is told to give back what it gave.
    case .asking, .fencing, .waiting, .held, .leaving: return []
    }
  }

  private mutating func judge(
    _ request: QuorumRequest, _ phase: QuorumRequest.Phase, at now: Instant
  ) -> [Action] {
    guard let request = update(request.number, { $0.phase = phase }) else { return [] }
    return judge(request, at: now)
  }

  private mutating func judge(_ request: QuorumRequest, at now: Instant) -> [Action] {
    switch request.phase {
    case .asking(let round):
      switch round.verdict {
      case .open: return []
      case .won(let fence): return grant(request, fence, round, at: now)
      case .unequal(let greatest):
        return raise(request, Fence(greatest.number + 1), votes: round, at: now)
      case .lost: return lose(request, round, at: now)
      }
    case .fencing(let round, let fence):
      switch round.verdict {
      case .open: return []
      case .won: return grant(request, fence, round, at: now)
      case .unequal(let greatest):
        return raise(request, Fence(greatest.number + 1), votes: round, at: now)
      case .lost: return lose(request, round, at: now)
      }
    case .waiting, .held, .leaving: return []
    }
  }

  /// The registers of those that voted differ: all of them are to have one fence that is greater.
  private mutating func raise(
    _ request: QuorumRequest, _ fence: Fence, votes: QuorumRound, at now: Instant
  ) -> [Action] {
    // It lasts as long as the votes do, and those were asked for when that round began.
    let round = QuorumRound(
      number: nextNumber(), sent: votes.sent, servers: configuration.servers,
      counting: votes.voters)
    guard let fencing = update(request.number, { $0.phase = .fencing(round, fence) }) else {
      return []
    }
    return [.fence(fencing, round: round.number, fence, votes.voters)]
  }

  private mutating func grant(
    _ request: QuorumRequest, _ fence: Fence, _ round: QuorumRound, at now: Instant
  ) -> [Action] {
    let allowance = Self.allowance(request.term)
    let end = round.sent.advanced(by: request.term - allowance - request.term / 10)
    // So little is left that it would be lost before it is used.
    guard now < end else { return lose(request, round, at: now) }
    let held = update(request.number) { request in
      request.phase = .held
      request.giveUp = nil
      request.fence = fence
      request.round = round.number
      request.voters = round.voters
      request.validUntil = round.sent.advanced(by: request.term - allowance)
    }
    guard let held else { return [] }
    timers.set(held.number, nil)
    let grant = LockGrant(fence: fence, requested: round.sent, term: held.term)
    return [.tell(held.listener, .granted(grant))]
  }

  /// There was no majority for it: it gives back what it got, and waits.
  private mutating func lose(
    _ request: QuorumRequest, _ round: QuorumRound, at now: Instant
  ) -> [Action] {
    for case .wrongType(let what) in round.failures where round.answers < majority {
      return refuse(request, .failed(LockError(request.name, .wrongType(what))), at: now)
    }
    let reached = round.answers >= majority
    // In a round about a fence nobody is in the way: votes ran out, or servers did not answer.
    var isAsking = false
    if case .asking = request.phase { isAsking = true }
    guard request.waits else {
      if !reached, knowsAll {
        return refuse(request, .failed(unreachable(request, at: now)), at: now)
      }
      if !reached { return wait(request, round, isAsking: isAsking, at: now) }
      let mayTry = !round.isDecided && request.collisions + 1 < configuration.tries
      if !mayTry || nextToCount(after: now) != nil {
        let holder = round.obstacle?.holder
        let refusal: LockRefusal =
          holder == nil && counting(at: now).count < majority
          ? .failed(unreachable(request, at: now)) : .busy(holder: holder)
        return refuse(request, refusal, at: now)
      }
      return wait(request, round, isAsking: isAsking, at: now)
    }
    return wait(request, round, isAsking: isAsking, at: now)
  }

  private mutating func wait(
    _ request: QuorumRequest, _ round: QuorumRound, isAsking: Bool, at now: Instant
  ) -> [Action] {
    let isDecided = isAsking && round.isDecided
    let reached = round.answers >= majority
    let waiting = update(request.number) { request in
      request.phase = .waiting
      request.collisions = isDecided ? 0 : request.collisions + 1
      if isAsking, let obstacle = round.obstacle { request.obstacle = obstacle }
      if reached { request.giveUp = nil }
      request.polls = request.obstacle?.isOurs == false ? request.polls + 1 : 0
    }
    guard let waiting else { return [] }
    let pause = pause(waiting, round, isDecided: isDecided, at: now)
    let due = min(now.advanced(by: pause), nextToCount(after: now) ?? .distantFuture)
    look(waiting, at: due)
    let votes = round.mayHaveVoted.intersection(ready)
    // In a round about a fence only voters were asked, and all of them may still vote for it.
    return votes.isEmpty ? [] : [.giveBack(waiting, keepsPlace: waiting.waits, votes)]
  }

  /// How long it waits before it asks again, unless it is told that it is its turn.
  private mutating func pause(
    _ request: QuorumRequest, _ round: QuorumRound, isDecided: Bool, at now: Instant
  ) -> Duration {
    if request.turns.count >= majority { return .zero }
    if !request.turns.isEmpty { return configuration.gathering }
    guard isDecided else {
      let longest = min(
        configuration.firstRetry * (5 << min(max(request.collisions - 1, 0), 6)),
        configuration.longestRetry)
      return .nanoseconds(
        Int64.random(
          in: configuration.firstRetry.nanoseconds...longest.nanoseconds, using: &random))
    }
    let jitter = Double.random(in: 0...0.1, using: &random)
    var pause = configuration.safetyInterval * (1 - jitter)
    if let patience = round.patience {
      let place = requests(for: request.name).count { $0.isOpen && $0.ticket < request.ticket }
      pause = min(pause, patience + configuration.margin * (place + 1))
    }
    // Other software tells nobody when it lets go.
    if request.obstacle?.isOurs == false {
      let poll = configuration.firstRetry * (1 << min(request.polls, 5))
      pause = min(pause, min(poll, configuration.longestRetry) * (1 - jitter))
    }
    return pause
  }

  /// A server says that it has its vote to give, and that the request is the first in its line.
  mutating func turned(_ token: String, _ server: Int, at now: Instant) -> [Action] {
    guard let request = request(token) else { return [] }
    switch request.phase {
    case .held:
      return join(request, server, at: now)
    case .asking, .fencing:
      update(request.number) { $0.turns.insert(server) }
      return []
    case .waiting:
      guard let waiting = update(request.number, { $0.turns.insert(server) }) else { return [] }
      if waiting.turns.count >= majority { return ask(request.number, at: now) }
      let due = now.advanced(by: configuration.gathering)
      if due < waiting.due { look(waiting, at: due) }
      return []
    case .leaving: return []
    }
  }

  /// A server says after how many milliseconds something may change for the first in its line.
  mutating func heldUp(_ token: String, for left: Int64, at now: Instant) {
    guard let request = request(token), case .waiting = request.phase else { return }
    let due = now.advanced(by: .milliseconds(left) + configuration.margin)
    if due < request.due { look(request, at: due) }
  }

  private mutating func look(_ request: QuorumRequest, at due: Instant) {
    update(request.number) { $0.due = due }
    timers.set(request.number, min(due, request.giveUp ?? .distantFuture))
  }

  /// Why no majority can be had.
  func unreachable(_ request: QuorumRequest, at now: Instant) -> LockError {
    let counting = counting(at: now)
    let total = configuration.servers
    let young = ready.subtracting(counting).count
    var cause =
      "\(counting.count) of its \(total) servers can be counted on, and \(majority) are needed"
    if young > 0, let next = nextToCount(after: now) {
      cause +=
        "; \(young) restarted lately and may have forgotten a grant: the next counts in "
        + "\(now.duration(to: next).inSeconds)s"
    }
    return LockError(request.name, .unavailable(backend: configuration.title, cause: cause))
  }
}
