import Interlock
import Testing

/// An admission queue and, next to it, the most naive one: plain arrays, searched from the front.
struct AdmissionModel {
  var queue: AdmissionQueue
  private let capacity: Int
  private let waitingLimit: Int
  private(set) var waiting: [(ticket: Ticket, permits: Int)] = []
  private(set) var held: [(ticket: Ticket, permits: Int)] = []
  private(set) var gone: [Ticket] = []
  private var requests = 0
  private var withdrawals = 0

  init(capacity: Int, waitingLimit: Int = 1000) {
    queue = AdmissionQueue(capacity: capacity, waitingLimit: waitingLimit)
    self.capacity = capacity
    self.waitingLimit = waitingLimit
  }

  private var inUse: Int { held.reduce(0) { $0 + $1.permits } }

  private mutating func admitted() -> [Ticket] {
    var admitted: [Ticket] = []
    while let first = waiting.first, first.permits + inUse <= capacity {
      held.append(waiting.removeFirst())
      admitted.append(first.ticket)
    }
    return admitted
  }

  mutating func request(_ claim: AdmissionQueue.Claim) throws {
    let permits =
      switch claim {
      case .exclusive: capacity
      case .permits(let count): count
      }
    let fits = waiting.isEmpty && permits + inUse <= capacity
    switch queue.request(claim) {
    case .admitted(let ticket):
      try #require(fits)
      held.append((ticket, permits))
      requests += 1
    case .waiting(let ticket):
      try #require(!fits && permits <= capacity && waiting.count < waitingLimit)
      waiting.append((ticket, permits))
      requests += 1
    case .full(let count):
      try #require(!fits && count == waitingLimit && waiting.count == waitingLimit)
      requests += 1
    case .exceedsCapacity(let requested):
      try #require(requested == permits && permits > capacity)
    }
  }

  mutating func release(at index: Int) throws {
    let (ticket, _) = held.remove(at: index)
    gone.append(ticket)
    let answer = queue.release(ticket)
    let expected = admitted()
    try #require(answer == expected)
  }

  mutating func withdraw(waitingAt index: Int, _ cause: AdmissionQueue.Withdrawal) throws {
    let (ticket, _) = waiting.remove(at: index)
    gone.append(ticket)
    withdrawals += 1
    let withdrawn = queue.withdraw(ticket, cause)
    let answer = try #require(withdrawn)
    let expected = admitted()
    try #require(answer.ahead == index)
    try #require(answer.admitted == expected)
  }

  /// A cancellation that comes after the grant, or after all is over, changes nothing.
  mutating func withdrawTooLate(_ ticket: Ticket) throws {
    let answer = queue.withdraw(ticket, .cancelled)
    try #require(answer == nil)
  }

  func check() throws {
    let statistics = queue.statistics
    try #require(queue.inUse == inUse && inUse <= capacity)
    try #require(statistics.inUse == inUse && statistics.waiting == waiting.count)
    try #require(queue.waiting == waiting.count && waiting.count <= waitingLimit)
    // Nobody waits for permits that are free: the first in line does not fit.
    if let first = waiting.first { try #require(first.permits > capacity - inUse) }
    try #require(statistics.longestQueue >= waiting.count)
    try #require(statistics.waited <= statistics.admitted)
    try #require(statistics.cancelled + statistics.expired == withdrawals)
    // Every request is in exactly one place.
    try #require(
      requests == statistics.admitted + statistics.refused + statistics.waiting + withdrawals)
  }
}

extension AdmissionModel {
  /// Takes one step out of all that are possible, as the chooser says.
  mutating func step(_ pick: (Int) -> Int) throws {
    let claims: [AdmissionQueue.Claim] =
      [.exclusive] + (1...min(capacity + 1, 3)).map { .permits($0) }
    let late = held.map(\.ticket) + gone.suffix(1)
    var choice = pick(claims.count + held.count + 2 * waiting.count + late.count)
    if choice < claims.count { return try request(claims[choice]) }
    choice -= claims.count
    if choice < held.count { return try release(at: choice) }
    choice -= held.count
    if choice < waiting.count { return try withdraw(waitingAt: choice, .cancelled) }
    choice -= waiting.count
    if choice < waiting.count { return try withdraw(waitingAt: choice, .expired) }
    try withdrawTooLate(late[choice - waiting.count])
  }
}
