internal import Interlock
public import InterlockLocks
internal import InterlockSystem

/// Each step of a request as a script at several servers, and what they answer.
extension RedisQuorumBackend {
  /// How long one server may take to answer: the others are not held up for longer by one that is slow.
  ///
  /// *Source:* the algorithm asks for much less than the lease; a twentieth.
  static func limit(_ term: Duration) -> Duration { max(.milliseconds(50), term / 20) }

  func take(_ request: QuorumRequest, _ round: UInt64, _ chosen: Set<Int>) {
    let arguments = arguments(request, flag: request.waits)
    forEach(chosen) { server, number in
      server.call(
        scripts.take, keys: request.details.keys.all, arguments,
        within: Self.limit(request.term)
      ) { [weak self] result in
        guard let self else { return }
        let now = clock.now
        step { $0.voted(request.number, round: round, number, QuorumVote(result), at: now) }
      }
    }
    withdrawUnlessWanted(request, chosen)
  }

  func join(_ request: QuorumRequest, _ number: Int) {
    forEach([number]) { server, _ in
      server.call(
        scripts.join, keys: request.details.keys.all,
        [request.name.key, request.text, "\(request.fence)", request.details.lease],
        within: Self.limit(request.term)
      ) { [weak self] result in
        guard let self else { return }
        let now = clock.now
        table.withLock { $0.joined(request.number, number, QuorumVote(result), at: now) }
      }
    }
    withdrawUnlessWanted(request, [number])
  }

  /// Gives back what another thread had given back before it was asked for, behind the question.
  private func withdrawUnlessWanted(_ request: QuorumRequest, _ chosen: Set<Int>) {
    let isWanted = table.withLock { table in
      table.request(request.text).map { $0.isOpen || $0.isHeld } ?? false
    }
    if !isWanted { giveBack(request, keepsPlace: false, chosen) }
  }

  func write(
    _ fence: Fence, for request: QuorumRequest, _ round: UInt64, _ chosen: Set<Int>
  ) {
    forEach(chosen) { server, number in
      server.call(
        scripts.fence, keys: request.details.keys.all,
        [request.name.key, request.text, "\(fence)"], within: Self.limit(request.term)
      ) { [weak self] result in
        guard let self else { return }
        let now = clock.now
        step { $0.voted(request.number, round: round, number, QuorumVote(result), at: now) }
      }
    }
  }

  func giveBack(_ request: QuorumRequest, keepsPlace: Bool, _ chosen: Set<Int>) {
    let arguments = arguments(request, flag: keepsPlace)
    forEach(chosen) { server, number in
      server.call(
        scripts.giveBack, keys: request.details.keys.all, arguments,
        within: Self.limit(request.term)
      ) { [weak self] result in
        guard let self, !keepsPlace else { return }
        // A key that is no lock was never ours.
        let had = result.map { $0 == .integer(1) }
        step { $0.gaveBack(request.number, number, had) }
      }
    }
  }

  /// What `take` and `give back` are told; the flag says whether it stands in line from then on.
  private func arguments(_ request: QuorumRequest, flag: Bool) -> [String] {
    [
      request.name.key, request.text, request.details.lease, flag ? "1" : "0",
      "\(request.ticket)", "\(Self.micros)", channel, request.details.floor,
      request.details.reason,
    ]
  }

  /// The chosen servers with their numbers, in turn.
  private func forEach(_ chosen: Set<Int>, _ body: (QuorumServer, Int) -> Void) {
    let servers = servers
    for number in chosen.sorted() where number < servers.count { body(servers[number], number) }
  }

  /// Asks for another term for each of these grants: each server is asked once about five hundred of them.
  public func renew(
    _ leases: [LockRenewal], _ answer: @escaping @Sendable ([LockRenewal.Answer]) -> Void
  ) {
    guard !leases.isEmpty else { return reactor.post { answer([]) } }
    RenewalParts.renew(leases, answer, by: renewAtOnce)
  }

  private func renewAtOnce(
    _ leases: [LockRenewal], _ answer: @escaping @Sendable ([LockRenewal.Answer]) -> Void
  ) {
    let texts = leases.map { format.token($0.token) }
    let keys = leases.flatMap { lease in
      let keys = QuorumKeys(lease.name, format)
      return [keys.key, keys.register]
    }
    let arguments = zip(texts, leases).flatMap { [$0, "\(format.lease($1.term))"] }
    let shortest = leases.map(\.term).min() ?? .seconds(30)
    let servers = servers
    let electorates = table.withLock { table in texts.map { table.electorate(of: $0) } }
    let tally = Guarded<QuorumRenewal?>(
      QuorumRenewal(electorates, servers: servers.count, sent: clock.now))
    for (number, server) in servers.enumerated() {
      server.call(
        scripts.renew, keys: keys, arguments, within: min(.seconds(5), shortest / 4)
      ) { [weak self] result in
        let words = (try? result.get())?.elements?.map { $0.string ?? "" }
        let outcomes: [QuorumRenewal.Outcome]? = tally.withLock {
          $0?.take(words, of: number)
          // Told once; what comes later changes nothing.
          guard let outcomes = $0?.outcomes else { return nil }
          $0 = nil
          return outcomes
        }
        guard let self, let outcomes else { return }
        let now = clock.now
        step { table in
          zip(texts, outcomes).flatMap { text, outcome in
            table.renewed(text, outcome, at: now)
          }
        }
        answer(outcomes.map(\.answer))
      }
    }
  }
}
