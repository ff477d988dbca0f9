package import Interlock

/// Decides who holds locks: those of one process, or of a simulated store.
///
/// A pure machine: it is handed the time, and says who is to be told what. An entry is there while somebody holds it or
/// waits; a lock that one holder has and nobody waits for is no more than that holder.
package struct LockTable: Sendable {
  /// Something to be told, outside every lock.
  package struct Notice: Sendable {
    let listener: @Sendable (LockEvent) -> Void
    let event: LockEvent
    package func deliver() { listener(event) }
  }

  /// One request, waiting or granted.
  struct Member: Sendable {
    let request: LockRequest
    var listener: @Sendable (LockEvent) -> Void
    var mode: LockMode
    var since: Instant
    var fence: Fence?
    /// When a grant ends unless it is renewed; nil for one that does not.
    var end: Instant?
  }

  package enum Verdict: Sendable {
    case granted(LockGrant)
    case waiting
    case refused(LockRefusal)
  }

  /// A lock that was never waited for is its one holder; then it has a line, until it is idle.
  private struct Entry: Sendable {
    var sole: Member?
    var line: LockLine

    /// Puts the one holder into the line.
    mutating func makeLine() {
      if let holder = sole.take() { line.begin(with: holder) }
    }

    func record(of name: LockName, at now: Instant) -> LockRecord {
      let holders = sole.map { [$0.described(at: now)] } ?? line.holders(at: now)
      return LockRecord(
        name: name, holders: holders, waiters: line.waiters(at: now),
        fence: holders.compactMap(\.fence).max())
    }
  }

  private let waitingLimit: Int
  private let hasTerms: Bool
  private var entries: [LockName: Entry] = [:]
  private var mint = FenceMint()

  /// An empty table.
  ///
  /// - Parameters:
  ///   - waitingLimit: How many may wait for one lock.
  ///   - hasTerms: Whether grants end by time unless they are renewed.
  package init(waitingLimit: Int, hasTerms: Bool = false) {
    self.waitingLimit = waitingLimit
    self.hasTerms = hasTerms
  }

  /// How many locks are held or waited for.
  package var count: Int { entries.count }

  /// The names of those.
  package var names: [LockName] { Array(entries.keys) }

  package mutating func request(
    _ request: LockRequest, _ listener: @escaping @Sendable (LockEvent) -> Void, at now: Instant,
    microseconds: UInt64
  ) -> Verdict {
    let name = request.name
    var member = Member(request: request, listener: listener, mode: request.mode, since: now)
    guard let index = entries.index(forKey: name) else {
      let fence = mint.next(above: request.floor, at: microseconds)
      member.fence = fence
      member.end = end(request, now)
      entries[name] = Entry(
        sole: member, line: LockLine(waitingLimit: waitingLimit, hasTerms: hasTerms))
      return .granted(grant(request, fence, now))
    }
    entries.values[index].makeLine()
    if let known = entries.values[index].line.known(request.token, listener) {
      return known.fence.map { .granted(grant(request, $0, now)) } ?? .waiting
    }
    switch entries.values[index].line.request(member) {
    case .admitted(let ticket):
      let fence = mint.next(above: request.floor, at: microseconds)
      entries.values[index].line.grant(ticket, fence, at: now, until: end(request, now))
      return .granted(grant(request, fence, now))
    case .waiting: return .waiting
    case .busy: return .refused(.busy(holder: entries.values[index].line.holders(at: now).first))
    case .failed(let reason): return .refused(.failed(LockError(name, reason)))
    }
  }

  /// Takes a request that waits out of the line; nothing for one that does not.
  package mutating func withdraw(
    _ token: LockToken, of name: LockName, at now: Instant, microseconds: UInt64
  )
    -> [Notice]
  {
    change(name) { mint, line in
      guard let (member, admitted) = line.withdraw(token) else { return [] }
      let holder = line.holders(at: now).first
      return [Notice(listener: member.listener, event: .refused(.withdrawn(holder: holder)))]
        + line.admit(admitted, at: now, &mint, microseconds)
    } ?? []
  }

  /// Prolongs a grant.
  ///
  /// - Returns: whether it is held.
  package mutating func renew(
    _ token: LockToken, of name: LockName, for term: Duration, at now: Instant
  ) -> Bool {
    change(name) { _, line in line.renew(token, until: now.advanced(by: term)) } ?? false
  }

  /// When a grant ends next; nil when none does.
  package var nextEnd: Instant? {
    entries.values.compactMap { $0.sole?.end ?? $0.line.nextEnd }.min()
  }

  /// Ends the grants whose time is over; their holders are told nothing.
  package mutating func expire(at now: Instant, microseconds: UInt64) -> [Notice] {
    names.flatMap { name in
      change(name) { mint, line in
        line.expired(at: now).flatMap { token in
          line.admit(line.release(token) ?? [], at: now, &mint, microseconds)
        }
      } ?? []
    }
  }

  /// Gives a grant back.
  ///
  /// - Returns: whether it was held, and who is to be told.
  package mutating func release(
    _ token: LockToken, of name: LockName, at now: Instant, microseconds: UInt64
  )
    -> (wasHeld: Bool, notices: [Notice])
  {
    if let index = entries.index(forKey: name), let holder = entries.values[index].sole {
      guard holder.request.token == token else { return (false, []) }
      entries.remove(at: index)
      return (true, [])
    }
    return change(name) { mint, line in
      guard let admitted = line.release(token) else { return (false, []) }
      return (true, line.admit(admitted, at: now, &mint, microseconds))
    } ?? (false, [])
  }

  /// Makes another mode of a grant.
  ///
  /// - Returns: its fence, nil when others are inside; and who is to be told.
  package mutating func convert(
    _ token: LockToken, of name: LockName, to mode: LockMode, at now: Instant, microseconds: UInt64
  ) throws(LockError) -> (fence: Fence?, notices: [Notice]) {
    let result = change(name) {
      mint, line -> Result<(fence: Fence?, notices: [Notice]), LockError>? in
      guard let holder = line.holder(token) else { return nil }
      switch (holder.mode, mode) {
      case (.exclusive, .shared):
        let admitted = line.share(token)
        return .success(
          (holder.fence, line.admit(admitted, at: now, &mint, microseconds)))
      case (.shared, .exclusive):
        guard line.takeAlone(token) else { return .success((nil, [])) }
        // Others may have been inside since: what they wrote is under smaller fences than what comes now.
        let fence = mint.next(above: holder.fence, at: microseconds)
        line.setFence(of: token, fence)
        return .success((fence, []))
      case (let from, let to) where from == to: return .success((holder.fence, []))
      case (let from, let to):
        return .failure(
          LockError(name, .invalidOption("a \(from) lock cannot be made \(to); release it first")))
      }
    }
    guard let result = result ?? nil else { throw LockError(name, .notHolder(token: token.text)) }
    return try result.get()
  }

  package mutating func raiseFence(
    of token: LockToken, of name: LockName, above floor: Fence, microseconds: UInt64
  ) -> Fence? {
    change(name) { mint, line in
      guard line.holder(token) != nil else { return nil }
      let fence = mint.next(above: floor, at: microseconds)
      line.setFence(of: token, fence)
      return fence
    } ?? nil
  }

  /// Ends the grant that goes by `token`, or all for nil.
  package mutating func revoke(
    _ token: String?, of name: LockName, loss: LeaseLoss, at now: Instant, microseconds: UInt64
  ) -> (ended: [LockHolder], notices: [Notice]) {
    change(name) { mint, line in
      var ended: [LockHolder] = []
      var notices: [Notice] = []
      // The fence of whoever comes next is greater than that of whoever is thrown out, whatever the clock says.
      for holder in line.holdersInOrder where token == nil || holder.request.token.text == token {
        ended.append(holder.described(at: now))
        notices.append(Notice(listener: holder.listener, event: .lost(loss)))
        let admitted = line.release(holder.request.token) ?? []
        notices += line.admit(admitted, at: now, &mint, microseconds)
      }
      return (ended, notices)
    } ?? ([], [])
  }

  /// Whoever listens at the grant that goes by `token`.
  package mutating func listener(
    of token: String, for name: LockName
  ) -> (@Sendable (LockEvent) -> Void)? {
    change(name) { _, line in
      line.holdersInOrder.first { $0.request.token.text == token }?.listener
    } ?? nil
  }

  package func record(of name: LockName, at now: Instant) -> LockRecord {
    entries[name]?.record(of: name, at: now) ?? LockRecord(name: name)
  }

  package func blockers(of token: LockToken, for name: LockName) -> [LockToken] {
    entries[name]?.line.blockers(of: token) ?? []
  }

  /// Changes an entry, which goes when nobody is left in it; nil when there is none.
  private mutating func change<Result>(
    _ name: LockName, _ step: (inout FenceMint, inout LockLine) -> Result
  ) -> Result? {
    guard let index = entries.index(forKey: name) else { return nil }
    entries.values[index].makeLine()
    let result = step(&mint, &entries.values[index].line)
    if entries.values[index].line.isEmpty { entries.remove(at: index) }
    return result
  }

  private func end(_ request: LockRequest, _ now: Instant) -> Instant? {
    hasTerms ? now.advanced(by: request.term) : nil
  }

  private func grant(_ request: LockRequest, _ fence: Fence, _ now: Instant) -> LockGrant {
    LockGrant(fence: fence, requested: now, term: hasTerms ? request.term : nil)
  }
}

/// Makes fences that grow.
struct FenceMint: Sendable {
  private var last: Fence?

  mutating func next(above floor: Fence?, at microseconds: UInt64) -> Fence {
    let fence = Fence(after: last, at: microseconds, above: floor)
    last = fence
    return fence
  }
}
