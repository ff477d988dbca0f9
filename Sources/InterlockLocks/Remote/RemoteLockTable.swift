package import Interlock

/// The requests of one client and what the server knows of them: pure, told what comes and when.
///
/// ```text
/// asking ──queued──▶ in line ──pushed──▶ claiming ──held──▶ held ──▶ releasing
///    │ ▲──────gone────────────────────────┘                 ▲
///    └──────────────────granted at once─────────────────────┘          withdrawn, from anywhere before: leaving
/// ```
///
/// What became of a command that was not answered is found out by repeating it: every step does the same again. So a new
/// connection repeats, for every request, what it is at.
package struct RemoteLockTable: Sendable {
  package typealias Listener = @Sendable (LockEvent) -> Void
  package typealias ReleaseAnswer = @Sendable (Result<Bool, LockError>) -> Void

  /// What is to be done.
  package enum Action: Sendable {
    case take(RemoteLockRequest)
    case claim(RemoteLockRequest)
    case cancel(RemoteLockRequest)
    case release(RemoteLockRequest)
    /// Looks after a lock for all who wait for it here; asks where this one stands.
    case poke(RemoteLockRequest)
    /// Asks whether grants are still recorded, after the server may have forgotten them.
    case verify([RemoteLockRequest])
    /// Asks whether a grant, of a fence and asked for at an instant, is safe: see ``Configuration/confirms``.
    case confirm(RemoteLockRequest, Fence, sent: Instant)
    case sayAlive
    case tell(Listener, LockEvent)
    case answer(ReleaseAnswer, Result<Bool, LockError>)
  }

  /// How the backend was made.
  package struct Configuration: Sendable {
    /// The server, in messages.
    package var title: String
    /// Requests that wait, are held or are given back.
    package var most = 16_384
    /// Whoever is first in line looks this much after a lease has ended.
    var pokeMargin = Duration.milliseconds(2)
    /// The others look so much later, and by chance up to twice as much: the first may have died too.
    var secondMargin = Duration.milliseconds(500)
    /// Locks that are waited for are looked after so often at least.
    var safetyInterval = Duration.seconds(10)
    var aliveInterval = Duration.seconds(5)
    /// What the server refused for now is tried again after so long.
    var retryInterval = Duration.seconds(1)
    /// Whoever gives back, and a request that does not wait, are answered within so long; one that waits is in line or
    /// refused within twice that.
    var answerLimit = Duration.seconds(5)
    var firstPoll = Duration.milliseconds(20)
    var longestPoll = Duration.milliseconds(250)
    /// Whether a grant counts only when it has been asked whether it is safe.
    package var confirms = false
    /// Whether the server ends what a connection holds when that ends.
    package var endsWithConnection = false

    /// The usual times.
    package init(title: String) { self.title = title }
  }

  /// What waits for one lock here.
  struct Line: Sendable {
    /// In the order of the requests.
    private(set) var waiting: [UInt64] = []
    var poll = Duration.zero
    /// Whom the polls are about.
    var holder = ""

    mutating func insert(_ number: UInt64) {
      let place = place(of: number)
      if place == waiting.count || waiting[place] != number { waiting.insert(number, at: place) }
    }

    mutating func remove(_ number: UInt64) {
      let place = place(of: number)
      if place < waiting.count, waiting[place] == number { waiting.remove(at: place) }
    }

    /// Of the first that is not smaller.
    private func place(of number: UInt64) -> Int {
      var (low, high) = (0, waiting.count)
      while low < high {
        let middle = (low + high) / 2
        if waiting[middle] < number { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  package let configuration: Configuration
  var requests: [UInt64: RemoteLockRequest] = [:]
  private var numbers: [String: UInt64] = [:]
  var lines: [String: Line] = [:]
  private var byName: [LockName: Set<UInt64>] = [:]
  private var lastNumber: UInt64 = 0
  /// Of requests: trying again, giving up.
  var requestTimers = TimerTable()
  /// Of lines, by the number of their first request when set.
  var lineTimers = TimerTable()
  private var lineNumbers: [UInt64: String] = [:]
  private var lineTimerOf: [String: UInt64] = [:]
  var aliveDue: Instant?
  /// Which life of the server was met last.
  private var life: String?
  private(set) var isReady = false
  var random: SeededGenerator
  /// Looks at locks that other software holds, which tells nobody when it lets go.
  package internal(set) var foreignPolls = 0

  /// No requests, and no connection.
  package init(_ configuration: Configuration, seed: UInt64) {
    self.configuration = configuration
    random = SeededGenerator(seed: seed)
  }

  // MARK: Requests

  /// How many are not over.
  package var count: Int { requests.count }

  /// The one that goes by a token.
  package func request(_ token: String) -> RemoteLockRequest? {
    numbers[token].flatMap { requests[$0] }
  }

  /// All that are about a lock, in the order they were made.
  func requests(for name: LockName) -> [RemoteLockRequest] {
    (byName[name] ?? []).sorted().compactMap { requests[$0] }
  }

  /// Requests of this client that stand in the way of one that waits: holders it may not join, and all before it.
  package func blockers(of token: String, for name: LockName) -> [LockToken] {
    let all = requests(for: name)
    guard let mine = all.first(where: { $0.text == token }), mine.isOpen else { return [] }
    return all.filter { other in
      switch other.phase {
      case .held: !mine.mode.isCompatible(with: other.mode) || mine.mode.limit != nil
      case .asking, .inLine, .claiming: other.number < mine.number
      case .leaving, .releasing: false
      }
    }.map(\.token)
  }

  mutating func insert(_ request: RemoteLockRequest) -> RemoteLockRequest {
    var request = request
    lastNumber += 1
    request.number = lastNumber
    requests[lastNumber] = request
    numbers[request.text] = lastNumber
    byName[request.name, default: []].insert(lastNumber)
    return request
  }

  mutating func remove(_ number: UInt64) {
    guard let request = requests.removeValue(forKey: number) else { return }
    numbers[request.text] = nil
    requestTimers.set(number, nil)
    byName[request.name]?.remove(number)
    if byName[request.name]?.isEmpty == true { byName[request.name] = nil }
    leaveLine(request)
  }

  /// Changes a request; when it waits from then on it is in the line here, and else it is not.
  mutating func update(_ number: UInt64, _ change: (inout RemoteLockRequest) -> Void)
    -> RemoteLockRequest?
  {
    guard var request = requests[number] else { return nil }
    change(&request)
    requests[number] = request
    if case .inLine = request.phase { joinLine(request) } else { leaveLine(request) }
    return request
  }

  // MARK: Lines

  private mutating func joinLine(_ request: RemoteLockRequest) {
    lines[request.key, default: Line()].insert(request.number)
  }

  private mutating func leaveLine(_ request: RemoteLockRequest) {
    guard lines[request.key] != nil else { return }
    lines[request.key]?.remove(request.number)
    guard lines[request.key]?.waiting.isEmpty == true else { return }
    lines[request.key] = nil
    setLineTimer(request.key, nil)
  }

  /// Sets when a line is looked after next, which is soon enough in any case.
  mutating func watch(_ key: String, at due: Instant, now: Instant) {
    setLineTimer(key, min(due, now.advanced(by: configuration.safetyInterval)))
  }

  /// When a line is looked after next; nil when nobody waits.
  func watched(_ key: String) -> Instant? {
    lineTimerOf[key].flatMap { lineTimers.deadline(of: $0) }
  }

  private mutating func setLineTimer(_ key: String, _ due: Instant?) {
    guard let due else {
      guard let timer = lineTimerOf.removeValue(forKey: key) else { return }
      lineNumbers[timer] = nil
      return lineTimers.set(timer, nil)
    }
    let timer =
      lineTimerOf[key]
      ?? {
        lastNumber += 1
        lineTimerOf[key] = lastNumber
        lineNumbers[lastNumber] = key
        return lastNumber
      }()
    lineTimers.set(timer, due)
  }

  mutating func nextLine(dueAt now: Instant) -> String? {
    while let timer = lineTimers.next(dueAt: now) {
      if let key = lineNumbers[timer] { return key }
    }
    return nil
  }

  // MARK: Connection

  /// When ``advance(to:)`` has something to do next.
  package var nextDeadline: Instant {
    mutating get {
      min(
        requestTimers.earliest ?? .distantFuture, lineTimers.earliest ?? .distantFuture,
        aliveDue ?? .distantFuture)
    }
  }

  /// The connection is there: everything that is not known to be done is done again.
  ///
  /// - Parameters:
  ///   - found: Names the server's life: what another life knew it may have forgotten.
  ///   - now: The present instant.
  /// - Returns: what is to be done.
  package mutating func connected(to found: String, at now: Instant) -> [Action] {
    let hasForgotten = life.map { $0 != found } ?? false
    life = found
    isReady = true
    aliveDue = now.advanced(by: configuration.aliveInterval)
    var actions: [Action] = [.sayAlive]
    var held: [RemoteLockRequest] = []
    for number in requests.keys.sorted() {
      guard let request = requests[number] else { continue }
      switch request.phase {
      // What was never sent is on its way now.
      case .asking where !request.wasSent: continue
      case .asking, .inLine, .claiming: actions.append(askAgain(number))
      case .leaving: actions.append(.cancel(request))
      case .releasing: actions.append(.release(request))
      case .held: held.append(request)
      }
    }
    if hasForgotten, !held.isEmpty { actions.append(.verify(held)) }
    return actions
  }

  /// The connection is there no longer.
  package mutating func disconnected() -> [Action] {
    isReady = false
    aliveDue = nil
    guard configuration.endsWithConnection else { return [] }
    return requests.keys.sorted().flatMap { number in
      requests[number].map { lost($0.text, .disconnected) } ?? []
    }
  }

  /// Takes a request to be asked for again, at the place in line that it had.
  mutating func askAgain(_ number: UInt64) -> Action {
    let request = update(number) { request in
      request.phase = .asking
      request.wasSent = true
    }
    requestTimers.set(number, request?.giveUp)
    guard let request else { return .sayAlive }
    return .take(request)
  }
}
