internal import Interlock

/// Holders of one lock and those in line for it.
struct LockLine: Sendable {
  enum Answer: Sendable {
    case admitted(Ticket)
    case waiting
    case busy
    case failed(LockError.Reason)
  }

  /// What others than those who ask alone have made of it.
  private enum Form: Sendable, Hashable, CustomStringConvertible {
    case shared
    case permits(of: Int)

    var description: String {
      switch self {
      case .shared: "shared"
      case .permits(let limit): "\(limit) permits"
      }
    }
  }

  /// Divided evenly by no limit, but so large that what remains is less than one permit.
  private static let capacity = 1 << 62

  private let hasTerms: Bool
  private var queue: AdmissionQueue
  private var members: [Ticket: LockTable.Member] = [:]
  private var tickets: [LockToken: Ticket] = [:]
  /// Those inside, in the order of their grants.
  private var inside: [Ticket] = []
  private var form: Form?
  /// How many give it its form.
  private var formed = 0

  init(waitingLimit: Int, hasTerms: Bool) {
    self.hasTerms = hasTerms
    queue = AdmissionQueue(capacity: Self.capacity, waitingLimit: waitingLimit)
  }

  /// Takes in who holds the lock before anybody waits.
  mutating func begin(with holder: LockTable.Member) {
    guard let ticket = queue.admitAtOnce(Self.claim(holder.mode)) else {
      preconditionFailure("an empty queue admits everybody")
    }
    note(holder, ticket)
    inside = [ticket]
  }

  var isEmpty: Bool { members.isEmpty }

  mutating func request(_ member: LockTable.Member) -> Answer {
    let mode = member.mode
    if let form, let asked = Self.form(mode), form != asked {
      return .failed(.configurationMismatch(recorded: "\(form)", asked: "\(asked)"))
    }
    let ticket: Ticket
    let isAdmitted: Bool
    if member.request.waits {
      switch queue.request(Self.claim(mode)) {
      case .admitted(let admitted): (ticket, isAdmitted) = (admitted, true)
      case .waiting(let waiting): (ticket, isAdmitted) = (waiting, false)
      case .full(let waiting): return .failed(.queueFull(waiting: waiting))
      case .exceedsCapacity: preconditionFailure("a mode never asks for more than there is")
      }
    } else {
      guard let admitted = queue.admitAtOnce(Self.claim(mode)) else { return .busy }
      (ticket, isAdmitted) = (admitted, true)
    }
    note(member, ticket)
    return isAdmitted ? .admitted(ticket) : .waiting
  }

  func member(_ ticket: Ticket) -> LockTable.Member {
    guard let member = members[ticket] else { preconditionFailure("a ticket without a request") }
    return member
  }

  mutating func grant(_ ticket: Ticket, _ fence: Fence, at now: Instant, until end: Instant?) {
    members[ticket]?.fence = fence
    members[ticket]?.end = end
    members[ticket]?.since = now
    inside.append(ticket)
  }

  /// Gives those who were admitted their grants.
  mutating func admit(
    _ admitted: [Ticket], at now: Instant, _ mint: inout FenceMint, _ microseconds: UInt64
  ) -> [LockTable.Notice] {
    admitted.map { ticket in
      let member = member(ticket)
      let fence = mint.next(above: member.request.floor, at: microseconds)
      let end = hasTerms ? now.advanced(by: member.request.term) : nil
      grant(ticket, fence, at: now, until: end)
      let grant = LockGrant(
        fence: fence, requested: now, term: hasTerms ? member.request.term : nil)
      return LockTable.Notice(listener: member.listener, event: .granted(grant))
    }
  }

  mutating func withdraw(_ token: LockToken) -> (LockTable.Member, admitted: [Ticket])? {
    guard let ticket = tickets[token], let (_, admitted) = queue.withdraw(ticket, .cancelled),
      let member = forget(ticket)
    else { return nil }
    return (member, admitted)
  }

  /// - Returns: who is admitted; nil when the token does not hold it.
  mutating func release(_ token: LockToken) -> [Ticket]? {
    guard let ticket = tickets[token], let place = inside.firstIndex(of: ticket) else { return nil }
    inside.remove(at: place)
    forget(ticket)
    return queue.release(ticket)
  }

  mutating func renew(_ token: LockToken, until end: Instant) -> Bool {
    guard let ticket = tickets[token], members[ticket]?.fence != nil else { return false }
    members[ticket]?.end = end
    return true
  }

  var nextEnd: Instant? { holdersInOrder.compactMap(\.end).min() }

  /// Those inside whose time is over.
  func expired(at now: Instant) -> [LockToken] {
    holdersInOrder.filter { member in member.end.map { $0 <= now } ?? false }.map(\.request.token)
  }

  /// A request that is asked again; it is told by `listener` from now on.
  mutating func known(
    _ token: LockToken, _ listener: @escaping @Sendable (LockEvent) -> Void
  ) -> LockTable.Member? {
    guard let ticket = tickets[token] else { return nil }
    members[ticket]?.listener = listener
    return members[ticket]
  }

  func holder(_ token: LockToken) -> LockTable.Member? {
    guard let ticket = tickets[token], let member = members[ticket], member.fence != nil else {
      return nil
    }
    return member
  }

  mutating func setFence(of token: LockToken, _ fence: Fence) {
    if let ticket = tickets[token] { members[ticket]?.fence = fence }
  }

  /// Lets others in who share it.
  mutating func share(_ token: LockToken) -> [Ticket] {
    guard let ticket = tickets[token] else { return [] }
    members[ticket]?.mode = .shared
    form = .shared
    formed += 1
    return queue.keep(1, of: ticket)
  }

  mutating func takeAlone(_ token: LockToken) -> Bool {
    guard let ticket = tickets[token], queue.takeAll(ticket) else { return false }
    members[ticket]?.mode = .exclusive
    unform()
    return true
  }

  /// Those inside, in the order of their grants.
  var holdersInOrder: [LockTable.Member] { inside.compactMap { members[$0] } }

  func holders(at now: Instant) -> [LockHolder] { holdersInOrder.map { $0.described(at: now) } }

  func waiters(at now: Instant) -> [LockWaiter] {
    line.compactMap { members[$0] }.map { member in
      LockWaiter(
        token: member.request.token.text, owner: member.request.token.session.owner,
        mode: member.mode, age: member.since.duration(to: now), reason: member.request.reason,
        isAlive: true)
    }
  }

  func blockers(of token: LockToken) -> [LockToken] {
    guard let ticket = tickets[token], let asking = members[ticket], asking.fence == nil else {
      return []
    }
    // Permits may be free and still too few, so every holder of some is in the way.
    let isShared = asking.mode == .shared
    let inside = holdersInOrder.filter { !(isShared && $0.mode == .shared) }.map(\.request.token)
    let ahead = line.filter { $0.number < ticket.number }.compactMap { members[$0]?.request.token }
    return inside + ahead
  }

  /// Those who wait, in line.
  private var line: [Ticket] {
    members.filter { $0.value.fence == nil }.keys.sorted { $0.number < $1.number }
  }

  private mutating func note(_ member: LockTable.Member, _ ticket: Ticket) {
    members[ticket] = member
    tickets[member.request.token] = ticket
    guard let asked = Self.form(member.mode) else { return }
    form = asked
    formed += 1
  }

  @discardableResult
  private mutating func forget(_ ticket: Ticket) -> LockTable.Member? {
    guard let member = members.removeValue(forKey: ticket) else { return nil }
    tickets[member.request.token] = nil
    if Self.form(member.mode) != nil { unform() }
    return member
  }

  private mutating func unform() {
    formed -= 1
    if formed == 0 { form = nil }
  }

  private static func form(_ mode: LockMode) -> Form? {
    switch mode {
    case .exclusive: nil
    case .shared: .shared
    case .permits(_, let limit): .permits(of: limit)
    }
  }

  private static func claim(_ mode: LockMode) -> AdmissionQueue.Claim {
    switch mode {
    case .exclusive: .exclusive
    case .shared: .permits(1)
    case .permits(let count, let limit): .permits(count * (capacity / limit))
    }
  }
}

extension LockTable.Member {
  func described(at now: Instant) -> LockHolder {
    LockHolder(
      token: request.token.text, owner: request.token.session.owner, mode: mode, fence: fence,
      age: since.duration(to: now), left: end.map { max(.zero, now.duration(to: $0)) },
      reason: request.reason, isAlive: true)
  }
}
