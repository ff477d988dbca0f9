import Interlock
import InterlockLocks
import InterlockSystem

@testable import InterlockRedis

/// What happens in the world, and what clients do about it.
extension QuorumWorld {
  mutating func act() {
    let client = Int.random(in: 0..<clients.count, using: &random)
    guard clients[client].stillUntil <= now, clients[client].table.count < 4 else { return }
    switch Int.random(in: 0..<6, using: &random) {
    case 0, 1, 2:
      let token = clients[client].session.nextToken()
      let term =
        [Duration.milliseconds(200), .seconds(1), Self.longest]
        .randomElement(using: &random) ?? Self.longest
      let request = LockRequest(
        "x", token: token, term: term, waits: !chance(4),
        floor: chance(8) ? Fence(lastFence.number + 5) : nil)
      let details = QuorumRequest.Details(request, .native) { [told] event in
        told.append(token, event)
      }
      clients[client].details[token] = details
      answers[token] = 0
      let micros = micros(client)
      let now = now
      step(client) { $0.begin(QuorumRequest(details), micros: micros, at: now) }
    case 3:
      guard
        let token = clients[client].details.keys.sorted(by: { $0.number < $1.number })
          .randomElement(using: &random)
      else { return }
      let now = now
      step(client) { $0.withdraw(token.text, at: now) }
    default: return
    }
  }

  mutating func trouble() {
    let server = Int.random(in: 0..<servers, using: &random)
    let client = Int.random(in: 0..<clients.count, using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      // It starts again, and has forgotten everything unless it is persistent.
      if !isPersistent { voters[server].forget() }
      started[server] = now
      lives[server] += 1
      for client in clients.indices { breakLink(client, server, for: .zero) }
      note("server \(server) starts again")
    case 1:
      // Never earlier than before: what came first is done first.
      slowUntil[server] = max(slowUntil[server], now.advanced(by: milliseconds(10...4000)))
    case 2: breakLink(client, server, for: milliseconds(0...2000))
    case 3:
      // A part of the servers is out of reach of a part of the clients.
      let far = (0..<servers).filter { _ in Bool.random(using: &random) }
      let time = milliseconds(100...6000)
      for client in clients.indices where Bool.random(using: &random) {
        for server in far { breakLink(client, server, for: time) }
      }
    case 4: clients[client].stillUntil = now.advanced(by: milliseconds(50...5000))
    // A register that is lost while the clock goes back is what only the floor helps against.
    case 5 where isPersistent:
      voters[server].skew = Int64.random(in: -3_600_000_000...3_600_000_000, using: &random)
    case 6:
      clients[client].skew = Int64.random(in: -900_000_000...900_000_000, using: &random)
    default: voters[server].skew = 0
    }
  }

  mutating func happen(_ event: Event) {
    switch event {
    case .arrives(let link, let command, let call, let life):
      guard life == lives[link.server] else { return }
      guard slowUntil[link.server] <= now else {
        return schedule(event, at: slowUntil[link.server])
      }
      var heard: [String] = []
      let listeners = clients.indices.filter { connections[$0][link.server].isUp }
        .map { clients[$0].session.prefix }
      let value = voters[link.server].apply(command, at: now) { token in
        guard listeners.contains(where: token.hasPrefix) else { return false }
        heard.append(token)
        return true
      }
      for token in heard {
        guard let client = clients.firstIndex(where: { token.hasPrefix($0.session.prefix) }) else {
          continue
        }
        let other = Link(
          client: client, server: link.server, life: connections[client][link.server].life)
        back(other, .told(other, token))
      }
      note("server \(link.server): \(command): \(value.elements?.map { $0.string ?? "" } ?? [])")
      back(link, .answered(link, call, value))
    case .answered(let link, let call, let value):
      guard isUp(link), clients[call.client].calls[call.number] != nil else { return }
      guard isAwake(call.client, event) else { return }
      clients[call.client].calls[call.number] = nil
      finish(call, .success(value))
    case .timedOut(let call):
      guard isAwake(call.client, event) else { return }
      guard clients[call.client].calls.removeValue(forKey: call.number) != nil else { return }
      finish(call, .failure(.unknown(.silent("its time"))))
    case .told(let link, let token):
      guard isUp(link), isAwake(link.client, event) else { return }
      let now = now
      step(link.client) { $0.turned(token, link.server, at: now) }
    case .connected(let link):
      guard connections[link.client][link.server].life == link.life else { return }
      let cut = cutUntil[link.client][link.server]
      guard cut <= now else {
        return reconnect(link.client, link.server, after: now.duration(to: cut))
      }
      guard isAwake(link.client, event) else { return }
      connections[link.client][link.server].isUp = true
      let since = started[link.server].advanced(by: Self.longest * 101 / 100)
      let now = now
      let countsFrom = isPersistent ? Instant.origin : since
      step(link.client) { $0.connected(link.server, countsFrom: countsFrom, at: now) }
    case .wake(let client):
      // One that was set for later than another is over.
      guard clients[client].wakes <= now, isAwake(client, event) else { return }
      clients[client].wakes = .distantFuture
      let now = now
      step(client) { $0.advance(to: now) }
      renew(client)
    case .done(let client, let token):
      guard isAwake(client, event), let details = clients[client].details[token] else { return }
      guard let lease = clients[client].leases.removeValue(forKey: token) else { return }
      _ = lease
      let (now, micros) = (now, micros(client))
      step(client) { table in
        table.release(QuorumRequest(details), micros: micros, at: now) { _ in }
      }
      clients[client].details[token] = nil
    }
  }

  mutating func finish(_ call: Call, _ result: Result<RedisValue, RedisFailure>) {
    let now = now
    switch call.purpose {
    case .vote(let request, let round):
      step(call.client) {
        $0.voted(request, round: round, call.server, QuorumVote(result), at: now)
      }
    case .join(let request):
      clients[call.client].table.joined(request, call.server, QuorumVote(result), at: now)
    case .giveBack(let request, let isLast):
      guard isLast else { return }
      step(call.client) {
        $0.gaveBack(request, call.server, result.map { $0 == .integer(1) })
      }
    case .renewal(let number):
      let words = (try? result.get())?.elements?.map { $0.string ?? "" }
      counted(call.client, call.server, number, words)
    }
  }

  mutating func step(
    _ client: Int, _ change: (inout QuorumTable) -> [QuorumTable.Action]
  ) {
    for action in change(&clients[client].table) { perform(client, action) }
    hear(client)
    let next = clients[client].table.nextDeadline
    wake(client, at: next)
  }

  mutating func perform(_ client: Int, _ action: QuorumTable.Action) {
    switch action {
    case .take(let request, let round, let chosen):
      for server in chosen.sorted() {
        let floor = UInt64(request.details.floor) ?? 0
        send(
          client, server, .vote(request.number, round: round),
          .take(
            request.text, ticket: request.ticket, lease: request.term, waits: request.waits,
            micros: micros(client), floor: floor), request.term)
      }
    case .fence(let request, let round, let fence, let chosen):
      for server in chosen.sorted() {
        send(
          client, server, .vote(request.number, round: round),
          .fence(request.text, fence.number), request.term)
      }
    case .join(let request, let server):
      send(
        client, server, .join(request.number),
        .join(request.text, request.fence.number, lease: request.term), request.term)
    case .giveBack(let request, let keepsPlace, let chosen):
      for server in chosen.sorted() {
        send(
          client, server, .giveBack(request.number, isLast: !keepsPlace),
          .giveBack(request.text, ticket: request.ticket, keepsPlace: keepsPlace), request.term)
      }
    case .tell(let listener, let event): listener(event)
    case .answer(let answer, let result): answer(result)
    }
  }

  /// Takes what requests were told.
  mutating func hear(_ client: Int) {
    for (token, event) in told.take() {
      switch event {
      case .granted(let grant):
        answers[token, default: 0] += 1
        grants += 1
        note("\(token) is granted, until \(grant.requested.advanced(by: grant.term ?? .zero))")
        let lease = LeaseMachine(fence: grant.fence, term: grant.term, requested: grant.requested)
        if (try? lease.check(at: now)) != nil {
          if grant.fence <= lastFence {
            faults.append("\(token) has fence \(grant.fence), and \(lastFence) was before it")
          }
          lastFence = max(lastFence, grant.fence)
        }
        clients[client].leases[token] = lease
        schedule(.done(client: client, token), at: now.advanced(by: milliseconds(0...4000)))
        if let due = lease.nextDeadline { wake(client, at: due) }
      case .refused:
        answers[token, default: 0] += 1
        refusals += 1
        clients[client].details[token] = nil
      case .lost, .asked: break
      }
    }
  }
}
