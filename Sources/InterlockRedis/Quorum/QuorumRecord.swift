internal import Interlock
internal import InterlockLocks

/// What all servers that answered have about a lock, put together.
struct QuorumRecord: Sendable {
  let name: LockName
  /// By the servers' numbers; nil for those that did not answer.
  let servers: [QuorumInspection?]

  private var majority: Int { QuorumRound.majority(of: servers.count) }
  private var answered: [QuorumInspection] { servers.compactMap { $0 } }
  /// Those that did not answer may say the same as any that did.
  private var silent: Int { servers.count - answered.count }

  /// Who may hold it, and who stands in most of the lines.
  var record: LockRecord {
    var votes: [String: Int] = [:]
    for server in answered where !server.token.isEmpty { votes[server.token, default: 0] += 1 }
    let holders = votes.keys.filter { (votes[$0] ?? 0) + silent >= majority }.sorted()
      .compactMap(holder)
    var places: [String: (count: Int, ticket: UInt64)] = [:]
    for server in answered {
      for (token, ticket) in server.line {
        places[token, default: (0, ticket)].count += 1
      }
    }
    let holding = Set(holders.map(\.token))
    let line = places.filter { token, place in
      place.count + silent >= majority && !holding.contains(token)
    }
    let waiters = line.sorted { ($0.value.ticket, $0.key) < ($1.value.ticket, $1.key) }
      .compactMap { waiter($0.key) }
    return LockRecord(
      name: name, holders: holders, waiters: waiters, fence: answered.compactMap(\.register).max())
  }

  /// As the server with the longest lease has it; it is alive when any of them still talks to it.
  private func holder(_ token: String) -> LockHolder? {
    let known = answered.compactMap(\.holder).filter { $0.token == token }
    guard var holder = known.first else { return nil }
    holder.fence = known.compactMap(\.fence).max()
    holder.left = known.compactMap(\.left).max()
    if holder.isAlive != nil { holder.isAlive = known.contains { $0.isAlive == true } }
    return holder
  }

  private func waiter(_ token: String) -> LockWaiter? {
    let known = answered.filter { $0.line.contains { $0.token == token } }
      .map { $0.waiter(token) }
    guard var waiter = known.first else { return nil }
    waiter.isAlive = known.contains { $0.isAlive == true }
    return waiter
  }

  /// Where servers do not say the same.
  func disagreements(_ titles: [String]) -> [String] {
    var found: [String] = []
    for (title, server) in zip(titles, servers) where server == nil {
      found.append("\(title) does not answer")
    }
    let held = record.holders.first?.token ?? ""
    let line = record.waiters.map(\.token)
    for (title, server) in zip(titles, servers) {
      guard let server else { continue }
      if server.token != held {
        found.append("\(title) votes for \(Self.words(server.token)), most for \(Self.words(held))")
      }
      let own = server.line.map(\.token).filter { $0 != held }
      if own != line { found.append("\(title) has \(own.count) in line, most have \(line.count)") }
    }
    return found
  }

  private static func words(_ token: String) -> String {
    token.isEmpty ? "nobody" : token.escapedForDisplay
  }
}
