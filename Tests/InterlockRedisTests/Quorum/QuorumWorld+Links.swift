import Interlock
import InterlockLocks
import InterlockSystem

@testable import InterlockRedis

/// Leases and links, and chance.
extension QuorumWorld {
  // MARK: Leases

  mutating func renew(_ client: Int) {
    for token in clients[client].leases.keys.sorted(by: { $0.number < $1.number }) {
      guard var lease = clients[client].leases[token], let details = clients[client].details[token]
      else { continue }
      let command = lease.advance(to: now)
      clients[client].leases[token] = lease
      if case .renew? = command {
        numbers += 1
        let number = numbers
        clients[client].renewals[number] = (
          token,
          QuorumRenewal(
            [clients[client].table.electorate(of: details.text)], servers: servers, sent: now)
        )
        for server in 0..<servers {
          send(
            client, server, .renewal(number), .renew(details.text, lease: details.term),
            details.term)
        }
      }
      if let due = clients[client].leases[token]?.nextDeadline { wake(client, at: due) }
    }
  }

  mutating func counted(
    _ client: Int, _ server: Int, _ number: UInt64, _ words: [String]?
  ) {
    guard var renewal = clients[client].renewals[number] else { return }
    renewal.tally.take(words, of: server)
    clients[client].renewals[number] = renewal
    guard let outcome = renewal.tally.outcomes?.first else { return }
    clients[client].renewals[number] = nil
    let token = renewal.token
    switch outcome.answer {
    case .confirmed(let sent): clients[client].leases[token]?.confirmed(sent: sent, at: now)
    case .unanswered: clients[client].leases[token]?.unanswered(at: now)
    case .refused(let loss):
      losses += 1
      _ = clients[client].leases[token]?.refused(loss)
    }
    let now = now
    step(client) { $0.renewed(token.text, outcome, at: now) }
    if let due = clients[client].leases[token]?.nextDeadline { wake(client, at: due) }
  }

  // MARK: Links

  mutating func send(
    _ client: Int, _ server: Int, _ purpose: Call.Purpose, _ command: SimulatedVoter.Command,
    _ term: Duration
  ) {
    numbers += 1
    let call = Call(number: numbers, client: client, server: server, purpose: purpose)
    clients[client].calls[call.number] = call
    guard connections[client][server].isUp else {
      // Told at once that nothing was sent.
      clients[client].calls[call.number] = call
      return schedule(.timedOut(call), at: now)
    }
    let link = Link(client: client, server: server, life: connections[client][server].life)
    let at = max(now.advanced(by: delay()), connections[client][server].lastArrival)
    connections[client][server].lastArrival = at
    schedule(.arrives(link, command, call, serverLife: lives[server]), at: at)
    let limit = RedisQuorumBackend.limit(term)
    schedule(.timedOut(call), at: now.advanced(by: limit))
  }

  mutating func back(_ link: Link, _ event: Event) {
    let at = max(now.advanced(by: delay()), connections[link.client][link.server].lastAnswer)
    connections[link.client][link.server].lastAnswer = at
    schedule(event, at: at)
  }

  func isUp(_ link: Link) -> Bool {
    let connection = connections[link.client][link.server]
    return connection.isUp && connection.life == link.life
  }

  /// The connection ends: what is on its way may still arrive, and no answer does.
  mutating func breakLink(_ client: Int, _ server: Int, for time: Duration) {
    cutUntil[client][server] = max(cutUntil[client][server], now.advanced(by: time))
    guard connections[client][server].isUp else { return }
    connections[client][server].isUp = false
    clients[client].table.disconnected(server)
    for call in clients[client].calls.values.sorted(by: { $0.number < $1.number })
    where call.server == server {
      schedule(.timedOut(call), at: now)
    }
    reconnect(client, server, after: time)
  }

  mutating func reconnect(_ client: Int, _ server: Int, after time: Duration) {
    connections[client][server].life += 1
    let link = Link(client: client, server: server, life: connections[client][server].life)
    // Behind whatever the old one brings.
    let at = max(now.advanced(by: time), connections[client][server].lastArrival)
    schedule(.connected(link), at: at.advanced(by: milliseconds(1...100)))
  }

  /// Whether the client runs; otherwise the event waits for it.
  mutating func isAwake(_ client: Int, _ event: Event) -> Bool {
    guard clients[client].stillUntil > now else { return true }
    schedule(event, at: clients[client].stillUntil)
    return false
  }

  // MARK: Chance

  mutating func schedule(_ event: Event, at: Instant) {
    numbers += 1
    queue.insert(Entry(at: at, number: numbers, event: event))
  }

  mutating func wake(_ client: Int, at due: Instant) {
    guard due < clients[client].wakes else { return }
    clients[client].wakes = due
    schedule(.wake(client: client), at: max(due, now))
  }

  mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

  mutating func milliseconds(_ range: ClosedRange<Int>) -> Duration {
    .milliseconds(Int.random(in: range, using: &random))
  }

  mutating func delay() -> Duration {
    .microseconds(Int.random(in: 20...(chance(20) ? 80_000 : 3_000), using: &random))
  }

  func micros(_ client: Int) -> UInt64 {
    UInt64(now.nanoseconds / 1000 + Self.epoch + clients[client].skew)
  }
}
