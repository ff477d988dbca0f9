/// Decides who is admitted to a fixed number of permits, first come first served.
///
/// A pure machine: it does not wait, and it is under the mutex and the semaphore, who do. A request
/// is admitted at once or gets a place in line; every later step says which tickets it admits, and
/// the caller wakes them after leaving its lock.
///
/// ```text
/// request ──▶ held ──release──▶ gone
///    └──▶ waiting ──▶ held           (by someone's release, or when one ahead gives up)
///            └──withdraw──▶ gone      (cancelled or expired; too late once held: the grant wins)
/// ```
///
/// Everyone is a number of permits: an exclusive claim takes all of them. A reader of a read-write
/// lock is one permit of a queue whose capacity is the largest number of readers, so that form needs
/// no other machine.
///
/// *Fairness:* strict. Nobody overtakes: while the first in line does not fit, all behind it wait,
/// even those who would fit. A large claim is therefore never starved by small ones, at the price of
/// permits that lie idle for as long as it takes to gather them.
///
/// *Complexity:* constant for each step, plus the number admitted; a withdrawal is linear in the
/// number ahead of it, which it reports.
@usableFromInline
package struct AdmissionQueue: Sendable {
  /// How much a request asks for.
  @usableFromInline
  package enum Claim: Sendable, Hashable {
    /// All permits: alone.
    case exclusive
    /// This many permits.
    case permits(Int)
  }

  /// The answer to a request.
  package enum Verdict: Sendable, Hashable {
    /// It holds its permits now and must release them.
    case admitted(Ticket)
    /// It stands in line; it will be admitted or must be withdrawn.
    case waiting(Ticket)
    /// It was not taken in: this many wait already, and no more may.
    case full(waiting: Int)
    /// It asks for more permits than there are.
    case exceedsCapacity(requested: Int)
  }

  /// Why someone stops waiting.
  package enum Withdrawal: Sendable, Hashable {
    case cancelled
    case expired
  }

  private enum Entry: Sendable {
    case waiting(permits: Int)
    case held(permits: Int)
  }

  /// How many permits there are.
  package let capacity: Int
  /// How many may wait; one more is refused.
  package let waitingLimit: Int

  /// How many permits are held.
  package private(set) var inUse = 0
  private var entries = TicketQueue<Entry>()
  private var counts = AdmissionStatistics()

  package init(capacity: Int, waitingLimit: Int) {
    precondition(capacity > 0, "an admission queue needs at least one permit, not \(capacity)")
    precondition(waitingLimit >= 0, "a limit on waiters cannot be \(waitingLimit)")
    self.capacity = capacity
    self.waitingLimit = waitingLimit
  }

  /// How many wait.
  package var waiting: Int { entries.lineCount }

  /// What has happened so far, and how things stand.
  package var statistics: AdmissionStatistics {
    var statistics = counts
    statistics.waiting = waiting
    statistics.inUse = inUse
    return statistics
  }

  /// Admits the claim now if nobody waits and it fits; otherwise leaves no trace.
  package mutating func admitAtOnce(_ claim: Claim) -> Ticket? {
    let permits = permits(of: claim)
    guard entries.lineCount == 0, permits <= capacity - inUse else { return nil }
    inUse += permits
    counts.admitted += 1
    return entries.insert(.held(permits: permits))
  }

  /// Admits the claim now, or takes it into the line.
  package mutating func request(_ claim: Claim) -> Verdict {
    if let ticket = admitAtOnce(claim) { return .admitted(ticket) }
    let permits = permits(of: claim)
    guard permits <= capacity else { return .exceedsCapacity(requested: permits) }
    guard waiting < waitingLimit else {
      counts.refused += 1
      return .full(waiting: waiting)
    }
    let ticket = entries.append(.waiting(permits: permits))
    counts.longestQueue = max(counts.longestQueue, waiting)
    return .waiting(ticket)
  }

  /// Takes a waiting ticket out of the line.
  ///
  /// Those behind it may fit now, so they are admitted in the same step.
  ///
  /// - Returns: how many were ahead and who is admitted; nil when the ticket does not wait (any
  ///   more): it has been admitted, and its owner must release it.
  package mutating func withdraw(
    _ ticket: Ticket, _ cause: Withdrawal
  ) -> (ahead: Int, admitted: [Ticket])? {
    guard let ahead = entries.position(of: ticket) else { return nil }
    entries.remove(ticket)
    switch cause {
    case .cancelled: counts.cancelled += 1
    case .expired: counts.expired += 1
    }
    return (ahead, admitFromLine())
  }

  /// Gives a held ticket's permits back and admits those who fit now.
  ///
  /// A ticket that does not hold is a broken invariant: permits would be counted twice.
  ///
  /// - Returns: the tickets admitted, in the order they came.
  package mutating func release(_ ticket: Ticket) -> [Ticket] {
    guard case .held(let permits) = entries[ticket] else {
      preconditionFailure("a ticket was released that holds nothing: released twice or never held")
    }
    entries.remove(ticket)
    inUse -= permits
    return entries.lineCount == 0 ? [] : admitFromLine()
  }

  /// Makes a held ticket's permits all there are, in one step, if nobody else holds any.
  ///
  /// It overtakes those in line: they wait for this ticket in any case.
  package mutating func takeAll(_ ticket: Ticket) -> Bool {
    guard case .held(let permits) = entries[ticket], permits == inUse else { return false }
    entries.update(ticket, to: .held(permits: capacity))
    inUse = capacity
    return true
  }

  /// Gives back a part of what a ticket holds and admits those who fit now.
  ///
  /// - Parameters:
  ///   - permits: What it keeps.
  ///   - ticket: One that holds at least as many.
  /// - Returns: the tickets admitted, in the order they came.
  package mutating func keep(_ permits: Int, of ticket: Ticket) -> [Ticket] {
    guard case .held(let held) = entries[ticket], 1...held ~= permits else {
      preconditionFailure("a ticket keeps \(permits) permits, which it does not hold")
    }
    entries.update(ticket, to: .held(permits: permits))
    inUse -= held - permits
    return entries.lineCount == 0 ? [] : admitFromLine()
  }

  private mutating func admitFromLine() -> [Ticket] {
    var admitted = [Ticket]()
    while let first = entries.first, case .waiting(let permits) = entries[first],
      permits <= capacity - inUse
    {
      entries.leaveLine(first)
      entries.update(first, to: .held(permits: permits))
      inUse += permits
      counts.admitted += 1
      counts.waited += 1
      admitted.append(first)
    }
    return admitted
  }

  private func permits(of claim: Claim) -> Int {
    switch claim {
    case .exclusive:
      return capacity
    case .permits(let count):
      precondition(count > 0, "a claim needs at least one permit, not \(count)")
      return count
    }
  }
}
