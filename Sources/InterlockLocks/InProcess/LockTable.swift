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
  private var entries: [LockName: Entry] = [:]
  private var mint = FenceMint()

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
    guard let index = entries.index(forKey: name) else {
      let fence = mint.next(above: request.floor, at: microseconds)
      member.fence = fence
      entries[name] = Entry(sole: member, line: LockLine(waitingLimit: waitingLimit))
      return .granted(LockGrant(fence: fence, requested: now, term: nil))
    }
    entries.values[index].makeLine()
    switch entries.values[index].line.request(member) {
    case .admitted(let ticket):
      let fence = mint.next(above: request.floor, at: microseconds)
      entries.values[index].line.grant(ticket, fence, at: now)
      return .granted(LockGrant(fence: fence, requested: now, term: nil))
    case .waiting: return .waiting
    case .busy: return .refused(.busy(holder: entries.values[index].line.holders(at: now).first))
    case .failed(let reason): return .refused(.failed(LockError(name, reason)))
    }
  }

  /// Takes a request that waits out of the line; nothing for one that does not.
  mutating func withdraw(
    _ token: LockToken, of name: LockName, at now: Instant, microseconds: UInt64
  )
    -> [Notice]
  {
    change(name) { mint, line in
      guard let (member, admitted) = line.withdraw(token) else { return [] }
      let holder = line.holders(at: now).first
      return [Notice(listener: member.listener, event: .refused(.withdrawn(holder: holder)))]
        + Self.admit(admitted, in: &line, at: now, &mint, microseconds)
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
    if let index = entries.index(forKey: name), let holder = entries.values[index].sole {
      guard holder.request.token == token else { return (false, []) }
      entries.remove(at: index)
      return (true, [])
    }
    return change(name) { mint, line in
      guard let admitted = line.release(token) else { return (false, []) }
      return (true, Self.admit(admitted, in: &line, at: now, &mint, microseconds))
    } ?? (false, [])
  }

  /// Makes another mode of a grant.
  ///
  /// - Returns: its fence, nil when others are inside; and who is to be told.
  mutating func convert(
    _ token: LockToken, of name: LockName, to mode: LockMode, at now: Instant, microseconds: UInt64
  ) throws(LockError) -> (fence: Fence?, notices: [Notice]) {
    let result = change(name) {
      mint, line -> Result<(fence: Fence?, notices: [Notice]), LockError>? in
      guard let holder = line.holder(token) else { return nil }
      switch (holder.mode, mode) {
      case (.exclusive, .shared):
        let admitted = line.share(token)
        return .success(
          (holder.fence, Self.admit(admitted, in: &line, at: now, &mint, microseconds)))
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

  mutating func raiseFence(
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
  mutating func revoke(
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
        notices += Self.admit(admitted, in: &line, at: now, &mint, microseconds)
      }
      return (ended, notices)
    } ?? ([], [])
  }

  /// Whoever listens at the grant that goes by `token`.
  mutating func listener(
    of token: String, for name: LockName
  ) -> (@Sendable (LockEvent) -> Void)? {
    change(name) { _, line in
      line.holdersInOrder.first { $0.request.token.text == token }?.listener
    } ?? nil
  }

  func record(of name: LockName, at now: Instant) -> LockRecord {
    entries[name]?.record(of: name, at: now) ?? LockRecord(name: name)
  }

  func blockers(of token: LockToken, for name: LockName) -> [LockToken] {
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

  private static func admit(
    _ tickets: [Ticket], in line: inout LockLine, at now: Instant, _ mint: inout FenceMint,
    _ microseconds: UInt64
  ) -> [Notice] {
    tickets.map { ticket in
      let member = line.member(ticket)
      let fence = mint.next(above: member.request.floor, at: microseconds)
      // Its validity has no end, so that the request was sent long ago does not matter.
      line.grant(ticket, fence, at: now)
      let grant = LockGrant(fence: fence, requested: now, term: nil)
      return Notice(listener: member.listener, event: .granted(grant))
    }
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
