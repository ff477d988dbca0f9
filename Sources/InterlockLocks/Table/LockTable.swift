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

  private let waitingLimit: Int
  private let hasTerms: Bool
  /// Locks that were never waited for while they are held: each is its one holder.
  private var soles: [LockName: Member] = [:]
  /// The others, until they are idle.
  private var lines: [LockName: LockLine] = [:]
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
  package var count: Int { soles.count + lines.count }

  /// The names of those.
  package var names: [LockName] { Array(soles.keys) + Array(lines.keys) }

  package mutating func request(
    _ request: LockRequest, _ listener: @escaping @Sendable (LockEvent) -> Void, at now: Instant,
    microseconds: UInt64
  ) -> Verdict {
    let name = request.name
    if lines.isEmpty || lines[name] == nil {
      let fence = mint.next(above: request.floor, at: microseconds)
      let former = soles.updateValue(
        Member(
          request: request, listener: listener, mode: request.mode, since: now, fence: fence,
          end: end(request, now)), forKey: name)
      guard let holder = former else {
        return .granted(grant(request, fence, now))
      }
      // Somebody has it: a fence more or less does not matter.
      soles[name] = holder
    }
    let member = Member(request: request, listener: listener, mode: request.mode, since: now)
    guard let index = line(name) else { preconditionFailure("somebody has it") }
    if let known = lines.values[index].known(request.token, listener) {
      return known.fence.map { .granted(grant(request, $0, now)) } ?? .waiting
    }
    switch lines.values[index].request(member) {
    case .admitted(let ticket):
      let fence = mint.next(above: request.floor, at: microseconds)
      lines.values[index].grant(ticket, fence, at: now, until: end(request, now))
      return .granted(grant(request, fence, now))
    case .waiting: return .waiting
    case .busy: return .refused(.busy(holder: lines.values[index].holders(at: now).first))
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
    (soles.values.compactMap(\.end) + lines.values.compactMap(\.nextEnd)).min()
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

  /// Gives a grant back that nobody waits for.
  ///
  /// - Returns: whether it was held; nil when somebody may wait.
  package mutating func releaseSole(_ token: LockToken, of name: LockName) -> Bool? {
    guard let index = soles.index(forKey: name) else { return lines[name] == nil ? false : nil }
    let holder = soles.remove(at: index).value
    if holder.request.token == token { return true }
    soles[name] = holder
    return false
  }

  /// Gives a grant back.
  ///
  /// - Returns: whether it was held, and who is to be told.
  package mutating func release(
    _ token: LockToken, of name: LockName, at now: Instant, microseconds: UInt64
  )
    -> (wasHeld: Bool, notices: [Notice])
  {
    if let isHolder = releaseSole(token, of: name) { return (isHolder, []) }
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
    let holders = soles[name].map { [$0.described(at: now)] } ?? lines[name]?.holders(at: now) ?? []
    return LockRecord(
      name: name, holders: holders, waiters: lines[name]?.waiters(at: now) ?? [],
      fence: holders.compactMap(\.fence).max())
  }

  package func blockers(of token: LockToken, for name: LockName) -> [LockToken] {
    lines[name]?.blockers(of: token) ?? []
  }

  /// Changes a lock, which goes when nobody is left in it; nil when there is none.
  private mutating func change<Result>(
    _ name: LockName, _ step: (inout FenceMint, inout LockLine) -> Result
  ) -> Result? {
    guard let index = line(name) else { return nil }
    let result = step(&mint, &lines.values[index])
    if lines.values[index].isEmpty { lines.remove(at: index) }
    return result
  }

  /// Where the lock's line is, made of its one holder if need be; nil when nobody has it.
  private mutating func line(_ name: LockName) -> Dictionary<LockName, LockLine>.Index? {
    if let holder = soles.removeValue(forKey: name) {
      var line = LockLine(waitingLimit: waitingLimit, hasTerms: hasTerms)
      line.begin(with: holder)
      lines[name] = line
    }
    return lines.isEmpty ? nil : lines.index(forKey: name)
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
