/// What the scripts of a lock do, written down a second time: without a server, without its types, on invented time.
struct ScriptModel {
  struct Request: Equatable {
    let letter: Character
    let weight: Int
    let limit: Int
    let lease: Int64
    let client: Int
  }

  struct Waiter {
    let ticket: Int
    let token: String
    let request: Request
  }

  struct Holder {
    let token: String
    let request: Request
    var end: Int64
    var fence: UInt64
  }

  enum Answer: Equatable {
    case granted, queued(Int), busy, mixed, held, gone, shared, other, ended([String])
    case number(Int)
  }

  static let claimWindow: Int64 = 3000
  static let mostTries = 64

  var now: Int64 = 1_000_000
  var holders: [Holder] = []
  var line: [Waiter] = []
  /// What sharers and permits have agreed on, while any of them is there.
  var limit: String?
  var register: UInt64 = 0
  /// Clients that listen, and clients whose key says that they live.
  var listening: Set<Int> = []
  var living: Set<Int> = []
  /// Hints are smaller: old places come first.
  private var lastTicket = 1000
  /// In the order they were given.
  var grants: [(token: String, fence: UInt64, letter: Character)] = []

  // MARK: The scripts

  mutating func take(_ token: String, _ request: Request, waits: Bool, hint: Int) -> Answer {
    if prolong(token, request.lease) { return .granted }
    sweep()
    var isNew = !line.contains { $0.token == token }
    if isNew, let kind = kind(request), let limit, limit != kind { return .mixed }
    promote(asking: token)
    if prolong(token, request.lease) { return .granted }
    isNew = !line.contains { $0.token == token }
    if isNew, holders.isEmpty || line.isEmpty, fits(request) {
      limit = kind(request) ?? limit
      enter(token, request, request.lease)
      sweep()
      return .granted
    }
    if !waits, isNew {
      sweep()
      return .busy
    }
    if isNew {
      limit = kind(request) ?? limit
      lastTicket = max(lastTicket, line.last?.ticket ?? 0) + 1
      let waiter = Waiter(ticket: hint > 0 ? hint : lastTicket, token: token, request: request)
      let place = line.firstIndex { ($0.ticket, $0.token) > (waiter.ticket, token) } ?? line.count
      line.insert(waiter, at: place)
      if mode != "x" {
        promote(asking: token)
        if prolong(token, request.lease) { return .granted }
      }
    }
    return .queued(line.firstIndex { $0.token == token } ?? -1)
  }

  mutating func claim(_ token: String, _ lease: Int64) -> Answer {
    prolong(token, lease) ? .held : .gone
  }

  mutating func release(_ token: String) -> Answer {
    guard let place = place(of: token) else { return .number(0) }
    holders.remove(at: place)
    promote()
    return .number(1)
  }

  mutating func cancel(_ token: String) -> Answer {
    if let place = line.firstIndex(where: { $0.token == token }) {
      line.remove(at: place)
      promote()
      return .number(1)
    }
    guard let place = place(of: token) else { return .number(0) }
    holders.remove(at: place)
    promote()
    return .number(2)
  }

  mutating func poke() { promote() }

  mutating func force(_ token: String?) -> Answer {
    sweepHolders()
    if let token {
      guard let place = place(of: token) else { return .other }
      holders.remove(at: place)
      mint()
      promote()
      return .ended([token])
    }
    let ended = holders.map(\.token)
    holders = []
    if !ended.isEmpty { mint() }
    promote()
    return .ended(ended.sorted())
  }

  mutating func convert(_ token: String, to letter: Character) -> Answer {
    guard let place = place(of: token) else { return .gone }
    let holder = holders[place]
    if mode == letter { return .held }
    if mode == "x" {
      limit = limit ?? "shared"
      holders[place] = Holder(
        token: token, request: holder.request.with("s"), end: holder.end, fence: holder.fence)
      promote()
      return .held
    }
    sweepHolders()
    guard holders.count == 1 else { return .shared }
    holders = [
      Holder(token: token, request: holder.request.with("x"), end: holder.end, fence: mint())
    ]
    grants.append((token, register, "x"))
    sweep()
    return .held
  }

  /// A lease ends now.
  mutating func expire(_ token: String) {
    if let place = holders.firstIndex(where: { $0.token == token }) { holders[place].end = 0 }
  }

  // MARK: Parts

  /// How it is held.
  var mode: Character? { alive.first?.request.letter }
  private var alive: [Holder] { holders.filter { $0.end > now } }

  private func place(of token: String) -> Int? {
    holders.firstIndex { $0.token == token && $0.end > now }
  }

  private func kind(_ request: Request) -> String? {
    switch request.letter {
    case "s": "shared"
    case "p": "\(request.limit)"
    default: nil
    }
  }

  private func fits(_ request: Request) -> Bool {
    guard let mode else { return true }
    switch request.letter {
    case "x": return false
    case "s": return mode == "s"
    default:
      return mode == "p"
        && holders.map(\.request.weight).reduce(0, +) + request.weight <= Int(limit ?? "") ?? 0
    }
  }

  @discardableResult
  private mutating func mint() -> UInt64 {
    register = max(register + 1, UInt64(now) * 1000)
    return register
  }

  private mutating func enter(_ token: String, _ request: Request, _ lease: Int64) {
    holders.append(Holder(token: token, request: request, end: now + lease, fence: mint()))
    grants.append((token, register, request.letter))
  }

  private mutating func prolong(_ token: String, _ lease: Int64) -> Bool {
    guard let place = place(of: token) else { return false }
    holders[place].end = now + lease
    return true
  }

  private mutating func sweepHolders() { holders.removeAll { $0.end <= now } }

  private mutating func sweep() {
    sweepHolders()
    if line.isEmpty, !holders.contains(where: { $0.request.letter != "x" }) { limit = nil }
  }

  private mutating func promote(asking: String? = nil) {
    sweepHolders()
    var (skipped, tries) = (0, 0)
    while mode != "x", tries < Self.mostTries, skipped < line.count, fits(line[skipped].request) {
      tries += 1
      let waiter = line[skipped]
      mint()
      if listening.contains(waiter.request.client) {
        line.remove(at: skipped)
        enter(waiter.token, waiter.request, min(waiter.request.lease, Self.claimWindow))
      } else if waiter.token == asking || living.contains(waiter.request.client) {
        skipped += 1
      } else {
        line.remove(at: skipped)
      }
    }
    sweep()
  }

  // MARK: What always holds

  /// What is broken; nil when nothing is.
  ///
  /// - Parameter isSettled: Whether the step before gave the lock to whoever it could.
  /// - Returns: what, in words.
  func violation(isSettled: Bool) -> String? {
    let alive = alive
    if alive.contains(where: { $0.request.letter == "x" }), alive.count > 1 {
      return "an exclusive holder is not alone: \(alive.map(\.token))"
    }
    if Set(alive.map(\.request.letter)).count > 1 { return "modes are mixed" }
    if mode == "p" {
      let sum = alive.map(\.request.weight).reduce(0, +)
      if sum > Int(limit ?? "") ?? 0 { return "\(sum) permits of \(limit ?? "none")" }
    }
    if isSettled, alive.isEmpty, line.contains(where: { listening.contains($0.request.client) }),
      line.prefix(Self.mostTries).contains(where: { listening.contains($0.request.client) })
    {
      return "it is free while somebody who can be reached waits"
    }
    for (one, next) in zip(grants, grants.dropFirst()) where next.fence <= one.fence {
      return "the fence of \(next.token) is not greater than that of \(one.token)"
    }
    let tokens = alive.map(\.token) + line.map(\.token)
    if Set(tokens).count != tokens.count { return "a token is there twice" }
    return nil
  }
}

extension ScriptModel.Request {
  fileprivate func with(_ letter: Character) -> Self {
    Self(letter: letter, weight: 1, limit: limit, lease: lease, client: client)
  }
}
