internal import Interlock
internal import InterlockLocks
internal import InterlockSystem

/// The requests of one client at several servers: pure, told what each server says and when.
///
/// ```text
///             ┌────its turn, or later────┐
///             ▼                          │
/// asking ──majority, fences differ──▶ fencing ──▶ held ──▶ leaving
///   │  └────majority, one fence──────────────────▲         ▲
///   └────no majority: votes given back──▶ waiting ─────────┘
/// ```
///
/// A request stands in line at every server, by the time it was made; a server votes for the first in its line, and tells it
/// when it has its vote to give. Everything is given back to every server, also to those that did not answer.
struct QuorumTable: Sendable {
  /// What is to be done; a set of numbers says at which servers.
  enum Action: Sendable {
    /// Ask for votes.
    case take(QuorumRequest, round: UInt64, Set<Int>)
    /// Have a fence written under votes.
    case fence(QuorumRequest, round: UInt64, Fence, Set<Int>)
    /// Have one more server vote for a holder.
    case join(QuorumRequest, Int)
    /// Give back a vote, and the place in line unless it is kept.
    case giveBack(QuorumRequest, keepsPlace: Bool, Set<Int>)
    case tell(QuorumRequest.Listener, LockEvent)
    case answer(QuorumRequest.ReleaseAnswer, Result<Bool, LockError>)
  }

  /// How the backend was made.
  struct Configuration: Sendable {
    var title: String
    /// How many servers there are.
    var servers: Int
    /// Requests that wait, are held or are given back.
    var most = 4096
    /// Whoever asks and finds no majority of servers there is told so after this long.
    var answerLimit = Duration.seconds(10)
    /// What failed at a server is tried again after so long.
    var retryInterval = Duration.seconds(1)
    /// Whoever waits asks at least so often.
    var safetyInterval = Duration.seconds(10)
    /// Requests that kept each other from a majority try again after a time drawn from this, and ever longer.
    var firstRetry = Duration.milliseconds(10)
    var longestRetry = Duration.milliseconds(250)
    /// After the first server says that it is its turn, a request gives the others so long to say the same.
    var gathering = Duration.milliseconds(10)
    /// A request that does not wait tries so often while nobody has a majority.
    var tries = 4
    /// Who waits looks this much later than a lease ends, and each one behind it later again.
    var margin = Duration.milliseconds(2)
  }

  /// One server, as far as it is known.
  private struct Server: Sendable {
    var isReady = false
    /// Whether it has been tried: until then nobody can say that it cannot be reached.
    var isKnown = false
    /// Before that it may have forgotten a vote that it gave in another life.
    var countsFrom = Instant.distantFuture
  }

  let configuration: Configuration
  private var servers: [Server]
  private(set) var requests: [UInt64: QuorumRequest] = [:]
  private var numbers: [String: UInt64] = [:]
  private var byName: [LockName: Set<UInt64>] = [:]
  private var lastNumber: UInt64 = 0
  private var lastTicket: UInt64 = 0
  var timers = TimerTable()
  var random: SeededGenerator

  init(_ configuration: Configuration, seed: UInt64) {
    self.configuration = configuration
    servers = Array(repeating: Server(), count: configuration.servers)
    random = SeededGenerator(seed: seed)
  }

  // MARK: Requests

  /// How many are not over.
  var count: Int { requests.count }
  var everybody: Set<Int> { Set(0..<configuration.servers) }
  var majority: Int { QuorumRound.majority(of: configuration.servers) }

  func request(_ token: String) -> QuorumRequest? { numbers[token].flatMap { requests[$0] } }

  /// All that are about a lock, in the order they were made.
  func requests(for name: LockName) -> [QuorumRequest] {
    (byName[name] ?? []).sorted().compactMap { requests[$0] }
  }

  /// Takes in a request that is made at that time of day.
  mutating func insert(_ request: QuorumRequest, micros: UInt64) -> QuorumRequest {
    var request = request
    lastTicket = max(lastTicket + 1, micros)
    request.ticket = lastTicket
    request.number = nextNumber()
    requests[request.number] = request
    numbers[request.text] = request.number
    byName[request.name, default: []].insert(request.number)
    return request
  }

  mutating func nextNumber() -> UInt64 {
    lastNumber += 1
    return lastNumber
  }

  mutating func remove(_ number: UInt64) {
    guard let request = requests.removeValue(forKey: number) else { return }
    numbers[request.text] = nil
    timers.set(number, nil)
    byName[request.name]?.remove(number)
    if byName[request.name]?.isEmpty == true { byName[request.name] = nil }
  }

  @discardableResult
  mutating func update(_ number: UInt64, _ change: (inout QuorumRequest) -> Void) -> QuorumRequest?
  {
    guard var request = requests[number] else { return nil }
    change(&request)
    requests[number] = request
    return request
  }

  // MARK: Servers

  /// Those that can be asked.
  var ready: Set<Int> { Set(servers.indices.filter { servers[$0].isReady }) }

  /// Those whose votes count.
  func counting(at now: Instant) -> Set<Int> {
    Set(servers.indices.filter { servers[$0].isReady && servers[$0].countsFrom <= now })
  }

  /// When the next server that is there begins to count; nil when all of them do.
  func nextToCount(after now: Instant) -> Instant? {
    servers.filter { $0.isReady && $0.countsFrom > now }.map(\.countsFrom).min()
  }

  /// When ``advance(to:)`` has something to do next.
  var nextDeadline: Instant {
    mutating get { timers.earliest ?? .distantFuture }
  }

  /// A server is there, and counts from some time on: what waits stands in its line, and it hears what it missed.
  mutating func connected(_ server: Int, countsFrom: Instant, at now: Instant) -> [Action] {
    servers[server] = Server(isReady: true, isKnown: true, countsFrom: countsFrom)
    var actions: [Action] = []
    for number in requests.keys.sorted() {
      guard let request = requests[number] else { continue }
      switch request.phase {
      case .waiting: actions += ask(number, at: now)
      case .leaving: actions += giveBack(number, to: [server])
      case .held: actions += join(request, server, at: now)
      case .asking, .fencing: break
      }
    }
    return actions
  }

  /// A server was not there when it was first tried: whoever does not wait need not wait for it.
  mutating func missing(_ server: Int, at now: Instant) -> [Action] {
    guard !servers[server].isKnown else { return [] }
    servers[server].isKnown = true
    return requests.keys.sorted().flatMap { number -> [Action] in
      guard let request = requests[number], case .waiting = request.phase, !request.waits else {
        return []
      }
      return ask(number, at: now)
    }
  }

  /// Whether every server has been tried.
  var knowsAll: Bool { servers.allSatisfy(\.isKnown) }

  mutating func disconnected(_ server: Int) { servers[server].isReady = false }

  /// Time has passed.
  mutating func advance(to now: Instant) -> [Action] {
    var actions: [Action] = []
    while let number = timers.next(dueAt: now) {
      guard let request = requests[number] else { continue }
      switch request.phase {
      case .waiting:
        if let giveUp = request.giveUp, now >= giveUp {
          actions += refuse(request, .failed(unreachable(request, at: now)), at: now)
        } else {
          actions += ask(number, at: now)
        }
      case .leaving(let leaving):
        guard now < leaving.until else {
          actions += over(number)
          continue
        }
        timers.set(number, min(leaving.until, now.advanced(by: configuration.retryInterval)))
        actions += giveBack(number, to: ready)
      case .asking, .fencing, .held: break
      }
    }
    return actions
  }
}
