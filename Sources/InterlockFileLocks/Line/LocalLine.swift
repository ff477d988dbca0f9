internal import Interlock
internal import InterlockLocks

/// The requests of this process for one lock: who of it holds, and who of it is next.
///
/// The kernel keeps processes apart, and never the requests of one. This does: a pure machine, which knows nothing of other
/// processes, files or threads.
///
/// Tickets are taken in the order in which requests are entered, so what stands first in line has the earliest ticket that
/// waits. One that waits is next when no request of this process before it is in its way; whether another process is, its
/// caller finds out.
///
/// *Complexity:* constant, but for ``blockers(of:)``.
struct LocalLine<Payload> {
  /// A request.
  struct Member {
    let token: LockToken
    var mode: LockMode
    let ticket: UInt64
    var isHeld: Bool
    var payload: Payload
    fileprivate var place: Ticket?
  }

  private var members: [LockToken: Member] = [:]
  /// All their tickets.
  private(set) var tickets: Set<UInt64> = []
  private var line = TicketQueue<LockToken>()
  private var alone = 0
  private var sharing = 0
  /// Permits that are held.
  private(set) var permits = 0

  /// How many there are.
  var count: Int { members.count }
  /// How many wait.
  var waitingCount: Int { line.lineCount }
  /// Everybody, in order of tickets.
  var all: [Member] { members.values.sorted { $0.ticket < $1.ticket } }
  /// Whether nobody is there.
  var isEmpty: Bool { members.isEmpty }

  /// A request; nil when it is not here.
  subscript(token: LockToken) -> Member? { members[token] }

  /// Changes what goes with a request.
  mutating func update(_ token: LockToken, _ change: (inout Payload) -> Void) {
    guard var member = members[token] else { return }
    change(&member.payload)
    members[token] = member
  }

  /// Whether a request of this mode would have nobody of this process in its way.
  func mayJoin(_ mode: LockMode) -> Bool { waitingCount == 0 && isOpen(to: mode) }

  private func isOpen(to mode: LockMode) -> Bool {
    switch mode {
    case .exclusive, .permits: alone == 0 && sharing == 0
    case .shared: alone == 0
    }
  }

  /// Enters a request that is granted at once.
  mutating func hold(_ token: LockToken, _ mode: LockMode, ticket: UInt64, _ payload: Payload) {
    tickets.insert(ticket)
    members[token] = Member(
      token: token, mode: mode, ticket: ticket, isHeld: true, payload: payload, place: nil)
    count(mode, 1)
  }

  /// Enters a request at the end of the line.
  mutating func wait(_ token: LockToken, _ mode: LockMode, ticket: UInt64, _ payload: Payload) {
    tickets.insert(ticket)
    members[token] = Member(
      token: token, mode: mode, ticket: ticket, isHeld: false, payload: payload,
      place: line.append(token))
  }

  /// The request that is next; nil when there is none, or one of this process is in its way.
  var next: Member? {
    guard let first = line.first, let token = line[first], let member = members[token] else {
      return nil
    }
    return isOpen(to: member.mode) ? member : nil
  }

  /// Notes that a request is granted.
  mutating func grant(_ token: LockToken) {
    guard var member = members[token], let place = member.place else { return }
    line.remove(place)
    member.place = nil
    member.isHeld = true
    members[token] = member
    count(member.mode, 1)
  }

  /// Takes a request out, whether it waits or holds.
  mutating func remove(_ token: LockToken) -> Member? {
    guard let member = members.removeValue(forKey: token) else { return nil }
    tickets.remove(member.ticket)
    if let place = member.place { line.remove(place) } else { count(member.mode, -1) }
    return member
  }

  /// Has a grant be of another mode.
  mutating func convert(_ token: LockToken, to mode: LockMode) {
    guard var member = members[token], member.isHeld else { return }
    count(member.mode, -1)
    count(mode, 1)
    member.mode = mode
    members[token] = member
  }

  private mutating func count(_ mode: LockMode, _ step: Int) {
    switch mode {
    case .exclusive: alone += step
    case .shared: sharing += step
    case .permits(let count, _): permits += step * count
    }
  }

  /// Whether nobody but one holder is inside.
  func isAlone(_ token: LockToken) -> Bool {
    alone + sharing == 1 && permits == 0 && members[token]?.isHeld == true
  }

  /// Holders that a request may not join, and all who wait before it.
  func blockers(of token: LockToken) -> [LockToken] {
    guard let member = members[token], !member.isHeld else { return [] }
    return all.filter {
      $0.token != token
        && ($0.isHeld ? !$0.mode.isCompatible(with: member.mode) : $0.ticket < member.ticket)
    }.map(\.token)
  }
}
