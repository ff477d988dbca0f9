internal import Interlock
internal import InterlockLocks

/// Everything that the server has about one lock, as of one instant.
struct RedisLockInspection: Sendable {
  private let keys: RedisLockKeys
  /// The server's time, in microseconds.
  private let now: Int64
  private let value: String
  private let token: String
  /// Of the key, in ms; −1 for no end, −2 for no key.
  private let left: Int64
  private let register: String
  /// Tokens in the order of their tickets.
  private let line: [(token: String, ticket: String)]
  private let records: [String: String]
  /// Tokens with the ends of their leases.
  private let sharers: [(token: String, end: Int64)]
  private let living: Set<String>
  /// What the server says besides that does not agree; empty for nothing.
  private let oddity: String

  /// Nil when it is no such answer.
  init?(_ answer: RedisValue, _ keys: RedisLockKeys) {
    guard let parts = answer.elements, parts.count == 10, let now = parts[0].integer,
      let value = parts[1].string, let token = parts[2].string, let left = parts[3].integer,
      let register = parts[4].string, let line = Self.pairs(parts[5]),
      let records = Self.pairs(parts[6]), let sharers = Self.pairs(parts[7]),
      let living = parts[8].elements, let oddity = parts[9].string, Self.times.contains(now)
    else { return nil }
    self.keys = keys
    self.now = now
    self.value = value
    self.token = token
    self.left = left
    self.register = register
    self.line = line.map { ($0.0, $0.1) }
    self.records = Dictionary(records.map { ($0.0, $0.1) }) { first, _ in first }
    self.sharers = sharers.map { ($0.0, Self.time($0.1)) }
    self.living = Set(living.compactMap(\.string))
    self.oddity = oddity
  }

  /// What numbers can be exact in a script, and so times: anything may stand on a server.
  private static let times: ClosedRange<Int64> = 0...(1 << 53)

  private static func time(_ score: String) -> Int64 {
    let number = Double(score) ?? 0
    if number >= Double(times.upperBound) { return times.upperBound }
    return number > 0 ? Int64(number) : 0
  }

  private static func pairs(_ value: RedisValue) -> [(String, String)]? {
    guard let flat = value.elements?.map({ $0.string ?? "" }), flat.count.isMultiple(of: 2) else {
      return nil
    }
    return stride(from: 0, to: flat.count, by: 2).map { (flat[$0], flat[$0 + 1]) }
  }

  private var isShared: Bool { value == "il1:shared" || value == "il1:permits" }
  private var limit: Int? { records["#limit"].flatMap { Int($0) } }
  private func entry(_ token: String) -> RedisLockEntry? {
    records[token].flatMap { RedisLockEntry($0) }
  }

  /// Who holds and who waits.
  func record(of name: LockName) -> LockRecord {
    LockRecord(
      name: name, holders: isShared ? sharing : alone, waiters: line.map { waiter($0.token) },
      fence: UInt64(register).map { Fence($0) })
  }

  private var alone: [LockHolder] {
    guard !value.isEmpty else { return [] }
    let known = entry(token)
    let fence = isOurs(token) ? UInt64(register) : nil
    return [
      LockHolder(
        token: token, owner: LockSession.owner(of: token) ?? payloadOwner, mode: .exclusive,
        fence: fence.map { Fence($0) }, age: fence.flatMap { age(sinceMicros: $0) },
        left: left < 0 ? nil : .milliseconds(left), reason: known?.reason ?? "",
        isAlive: isAlive(token, known))
    ]
  }

  /// Who the value names besides its token, as those of NoDb do.
  private var payloadOwner: LockOwner? {
    guard value != token, let owner = NoDbPayload(parsing: value).owner,
      let colon = owner.lastIndex(of: ":"), let process = Int32(owner[owner.index(after: colon)...])
    else { return nil }
    return LockOwner(host: String(owner[..<colon]), process: process)
  }

  private var sharing: [LockHolder] {
    sharers.filter { $0.end > now / 1000 }.map { holder in
      let known = entry(holder.token)
      return LockHolder(
        token: holder.token, owner: LockSession.owner(of: holder.token),
        mode: known?.mode(limit: limit) ?? .shared, fence: known.map { Fence($0.fence) },
        age: known.flatMap { age(sinceMicros: $0.fence) },
        left: .milliseconds(holder.end - now / 1000), reason: known?.reason ?? "",
        isAlive: isAlive(holder.token, known))
    }
  }

  private func waiter(_ token: String) -> LockWaiter {
    let known = entry(token)
    return LockWaiter(
      token: token, owner: LockSession.owner(of: token),
      mode: known?.mode(limit: limit) ?? .exclusive,
      age: known.map { .milliseconds(max(0, now / 1000 - $0.since)) }, reason: known?.reason ?? "",
      isAlive: isAlive(token, known))
  }

  private func isOurs(_ token: String) -> Bool { token.hasPrefix("il1:") || records[token] != nil }

  /// A fence is made of the time of its grant; one that was raised above that tells nothing.
  private func age(sinceMicros fence: UInt64) -> Duration? {
    let age = now - Int64(clamping: fence)
    return age >= 0 ? .microseconds(age) : nil
  }

  private func isAlive(_ token: String, _ known: RedisLockEntry?) -> Bool? {
    if let known { return living.contains(known.channel) }
    guard LockSession.owner(of: token) != nil else { return nil }
    return living.contains("il:c:\(token.split(separator: ":")[4])")
  }

  /// What does not agree.
  var disagreements: [String] {
    var found: [String] = []
    if !isShared, !sharers.isEmpty {
      found.append(
        "\(keys.shared) has \(sharers.count) who share, and \(keys.key) says that nobody does")
    }
    if isShared, sharers.isEmpty {
      found.append("\(keys.key) says that it is shared, and \(keys.shared) has nobody")
    }
    if !value.isEmpty, left == -1 {
      found.append("\(keys.key) has no end: its holder is not one of ours, or forgot to give one")
    }
    if !value.isEmpty, !isShared, isOurs(token), register.isEmpty {
      found.append("\(keys.key) is held, and \(keys.register) has no fence")
    }
    for (token, _) in line where entry(token) == nil {
      found.append("\(token.escapedForDisplay) waits, and nothing is recorded of it")
    }
    for (token, _) in sharers where entry(token) == nil {
      found.append("\(token.escapedForDisplay) shares, and nothing is recorded of it")
    }
    let known = Set(line.map(\.token) + sharers.map(\.token) + [token])
    for token in records.keys.sorted() where !token.hasPrefix("#") && !known.contains(token) {
      found.append("\(token.escapedForDisplay) is recorded, and neither holds nor waits")
    }
    if case let weights = sharers.compactMap({ entry($0.token)?.weight }).reduce(0, +),
      value == "il1:permits", let limit, weights > limit
    {
      found.append("\(weights) permits are held of \(limit)")
    }
    if !oddity.isEmpty { found.append(oddity) }
    if value.isEmpty, !line.isEmpty {
      found.append("\(line.count) wait, and nobody holds it")
    }
    return found
  }
}
