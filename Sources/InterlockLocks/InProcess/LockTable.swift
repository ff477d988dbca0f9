internal import Interlock

/// Decides who holds the locks of one process.
///
/// A pure machine: it is handed the time, and says who is to be told what. An entry is there while somebody holds it or
/// waits; a lock that one holder has and nobody waits for is no more than that holder.
struct LockTable: Sendable {
  /// Something to be told, outside every lock.
  struct Notice: Sendable {
    let listener: @Sendable (LockEvent) -> Void
    let event: LockEvent
    func deliver() { listener(event) }
  }

  /// One request, waiting or granted.
  struct Member: Sendable {
    let request: LockRequest
    let listener: @Sendable (LockEvent) -> Void
    var mode: LockMode
    var since: Instant
    var fence: Fence?
  }

  enum Verdict: Sendable {
    case granted(LockGrant)
    case waiting
    case refused(LockRefusal)
  }

  private enum Entry: Sendable {
    case sole(Member)
    case line(LockLine)
  }

  private let waitingLimit: Int
  private var entries: [LockName: Entry] = [:]
  private var lastFence: Fence?

  init(waitingLimit: Int) { self.waitingLimit = waitingLimit }

  /// How many locks are held or waited for.
  var count: Int { entries.count }

  /// The names of those.
  var names: [LockName] { Array(entries.keys) }

  mutating func request(
    _ request: LockRequest, _ listener: @escaping @Sendable (LockEvent) -> Void, at now: Instant,
    microseconds: UInt64
  ) -> Verdict {
    let name = request.name
    var member = Member(request: request, listener: listener, mode: request.mode, since: now)
    guard let entry = entries[name] else {
      let fence = mint(above: request.floor, microseconds)
      member.fence = fence
      entries[name] = .sole(member)
      return .granted(LockGrant(fence: fence, requested: now, term: nil))
    }
    // Out of the table while it changes, so that it is not copied.
    entries[name] = nil
    var line: LockLine =
      switch entry {
      case .sole(let holder): LockLine(holder, waitingLimit: waitingLimit)
      case .line(let line): line
      }
    let answer = line.request(member)
    var verdict: Verdict
    switch answer {
    case .admitted(let ticket):
      let fence = mint(above: request.floor, microseconds)
      line.grant(ticket, fence, at: now)
      verdict = .granted(LockGrant(fence: fence, requested: now, term: nil))
    case .waiting: verdict = .waiting
    case .busy: verdict = .refused(.busy(holder: line.holders(at: now).first))
    case .failed(let reason): verdict = .refused(.failed(LockError(name, reason)))
    }
    entries[name] = .line(line)
    return verdict
  }

  /// Takes a request that waits out of the line; nothing for one that does not.
  mutating func withdraw(
    _ token: LockToken, of name: LockName, at now: Instant, microseconds: UInt64
  )
    -> [Notice]
  {
    change(name) { table, line in
      guard let (member, admitted) = line.withdraw(token) else { return [] }
      let holder = line.holders(at: now).first
      return [Notice(listener: member.listener, event: .refused(.withdrawn(holder: holder)))]
        + table.admit(admitted, in: &line, at: now, microseconds)
    } ?? []
  }

  /// Gives a grant back.
  ///
  /// - Returns: whether it was held, and who is to be told.
  mutating func release(
    _ token: LockToken, of name: LockName, at now: Instant, microseconds: UInt64
  )
    -> (wasHeld: Bool, notices: [Notice])
  {
    if case .sole(let holder) = entries[name] {
      guard holder.request.token == token else { return (false, []) }
      entries[name] = nil
      return (true, [])
    }
    return change(name) { table, line in
      guard let admitted = line.release(token) else { return (false, []) }
      return (true, table.admit(admitted, in: &line, at: now, microseconds))
    } ?? (false, [])
  }

  /// Makes another mode of a grant.
  ///
  /// - Returns: its fence, nil when others are inside; and who is to be told.
  mutating func convert(
    _ token: LockToken, of name: LockName, to mode: LockMode, at now: Instant, microseconds: UInt64
  ) throws(LockError) -> (fence: Fence?, notices: [Notice]) {
    let result = change(name) {
      table, line -> Result<(fence: Fence?, notices: [Notice]), LockError>? in
      guard let holder = line.holder(token) else { return nil }
      switch (holder.mode, mode) {
      case (.exclusive, .shared):
        let admitted = line.share(token)
        return .success((holder.fence, table.admit(admitted, in: &line, at: now, microseconds)))
      case (.shared, .exclusive):
        guard line.takeAlone(token) else { return .success((nil, [])) }
        // Others may have been inside since: what they wrote is under smaller fences than what comes now.
        let fence = table.mint(above: holder.fence, microseconds)
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

  mutating func raiseFence(
    of token: LockToken, of name: LockName, above floor: Fence, microseconds: UInt64
  ) -> Fence? {
    change(name) { table, line in
      guard line.holder(token) != nil else { return nil }
      let fence = table.mint(above: floor, microseconds)
      line.setFence(of: token, fence)
      return fence
    } ?? nil
  }

  /// Ends the grant that goes by `token`, or all for nil.
  mutating func revoke(
    _ token: String?, of name: LockName, loss: LeaseLoss, at now: Instant, microseconds: UInt64
  ) -> (ended: [LockHolder], notices: [Notice]) {
    change(name) { table, line in
      var ended: [LockHolder] = []
      var notices: [Notice] = []
      // The fence of whoever comes next is greater than that of whoever is thrown out, whatever the clock says.
      for holder in line.holdersInOrder where token == nil || holder.request.token.text == token {
        ended.append(holder.described(at: now))
        notices.append(Notice(listener: holder.listener, event: .lost(loss)))
        let admitted = line.release(holder.request.token) ?? []
        notices += table.admit(admitted, in: &line, at: now, microseconds)
      }
      return (ended, notices)
    } ?? ([], [])
  }

  /// Whoever listens at the grant that goes by `token`.
  func listener(of token: String, for name: LockName) -> (@Sendable (LockEvent) -> Void)? {
    line(name)?.holdersInOrder.first { $0.request.token.text == token }?.listener
  }

  func record(of name: LockName, at now: Instant) -> LockRecord {
    guard let line = line(name) else { return LockRecord(name: name, fence: nil) }
    let holders = line.holders(at: now)
    return LockRecord(
      name: name, holders: holders, waiters: line.waiters(at: now),
      fence: holders.compactMap(\.fence).max())
  }

  func blockers(of token: LockToken, for name: LockName) -> [LockToken] {
    line(name)?.blockers(of: token) ?? []
  }

  private func line(_ name: LockName) -> LockLine? {
    switch entries[name] {
    case .sole(let holder): LockLine(holder, waitingLimit: waitingLimit)
    case .line(let line): line
    case nil: nil
    }
  }

  /// Changes an entry, which goes when nobody is left in it; nil when there is none.
  private mutating func change<Result>(
    _ name: LockName, _ step: (inout LockTable, inout LockLine) -> Result
  ) -> Result? {
    guard var line = line(name) else { return nil }
    entries[name] = nil
    let result = step(&self, &line)
    if !line.isEmpty { entries[name] = line.soleHolder.map(Entry.sole) ?? .line(line) }
    return result
  }

  private mutating func mint(above floor: Fence?, _ microseconds: UInt64) -> Fence {
    let fence = Fence(after: lastFence, at: microseconds, above: floor)
    lastFence = fence
    return fence
  }

  private mutating func admit(
    _ tickets: [Ticket], in line: inout LockLine, at now: Instant, _ microseconds: UInt64
  ) -> [Notice] {
    tickets.map { ticket in
      let member = line.member(ticket)
      let fence = mint(above: member.request.floor, microseconds)
      // Its validity has no end, so that the request was sent long ago does not matter.
      line.grant(ticket, fence, at: now)
      let grant = LockGrant(fence: fence, requested: now, term: nil)
      return Notice(listener: member.listener, event: .granted(grant))
    }
  }
}
