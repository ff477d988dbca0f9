public import Interlock
internal import InterlockCrypto
public import InterlockLocks
internal import InterlockSystem
internal import InterlockWire

/// A status board on a Redis server, for everything that reaches it.
///
/// A status that has the name of a flag of the legacy programs is their key too, `givtcp:status:NAME` with the value `1`: both set,
/// see and end the same ones. A flag that one of them has set has no owner here, and is known by its name alone. What a legacy
/// program does between this board's look and its change is seen before anything is changed.
///
/// Times are the server's; statuses end with their keys.
///
/// *Cancellation:* a change once begun is finished.
public final class RedisStatusBackend: StatusBackend {
  /// What errors and listings call it.
  public let title: String
  /// What waiting is measured by.
  public var clock: any MonotonicClock { reactor.clock }

  private let reactor: Reactor
  private let connection: RedisConnection
  private let bells: Bells

  /// A board on a server.
  ///
  /// - Parameter url: The server.
  /// - Throws: What the system says when it has no descriptor or thread to spare.
  public init(_ url: RedisURL) throws {
    title = url.title
    reactor = try Reactor("interlock-redis")
    let bells = Bells()
    self.bells = bells
    connection = RedisConnection(
      url, clientName: "interlock-status", channels: [RedisStatusKeys.channel], reactor: reactor,
      seed: SecureRandom().next()
    ) { event in
      switch event {
      // What was told while it was away is not known.
      case .ready, .message: bells.ring()
      case .lost: break
      }
    }
    connection.start()
  }

  deinit { connection.close() }

  /// Sets a status that is not set.
  public func begin(_ draft: StatusDraft) async throws(StatusError) -> StatusEntry {
    try await change(draft.key) { slot throws(StatusError) in try slot.begin(draft) }
  }

  /// Sets a status, whatever was.
  public func set(
    _ draft: StatusDraft
  ) async throws(StatusError) -> (entry: StatusEntry, replaced: StatusEntry?) {
    try await change(draft.key) { slot throws(StatusError) in try slot.set(draft) }
  }

  /// Lets one incarnation last for at least `ttl` from now.
  public func extend(
    _ key: StatusKey, id: String, ttl: Duration, fence: Fence?
  ) async throws(StatusError) -> StatusEntry {
    try await change(key) { slot throws(StatusError) in
      try slot.extend(key, id: id, ttl: ttl, fence: fence)
    }
  }

  /// Ends one incarnation.
  public func end(
    _ key: StatusKey, id: String, fence: Fence?
  ) async throws(StatusError) -> Bool {
    try await change(key) { slot throws(StatusError) in try slot.end(key, id: id, fence: fence) }
  }

  /// Removes whatever is recorded, also what is no status.
  public func clear(_ key: StatusKey) async throws(StatusError) -> StatusEntry? {
    let keys = RedisStatusKeys(key)
    let value = try await call(
      key, RedisStatusScripts.clear, [keys.entry, keys.flag ?? keys.entry, keys.index],
      [keys.flag == nil ? "0" : "1", keys.member, RedisStatusKeys.channel])
    guard let found = RedisStatusSnapshot(value) else {
      throw StatusError(key, .unavailable("the server answered \(value)"))
    }
    // What is no status was none.
    return (try? found.view(of: key)) ?? nil
  }

  /// What is set.
  public func entry(_ key: StatusKey) async throws(StatusError) -> StatusEntry? {
    try await look(key).view(of: key)
  }

  /// Everything that is set in a scope, or at all for nil, by scope and name.
  public func entries(in scope: StatusName?) async throws(StatusError) -> [StatusEntry] {
    let indices =
      if let scope { [RedisStatusKeys.index(of: scope)] } else { try await allIndices() }
    var entries: [StatusKey: StatusEntry] = [:]
    for index in indices {
      let names = try await call(nil, RedisStatusScripts.names, [index], [])
      for name in names.elements?.compactMap(\.string) ?? [] {
        let text = try await ask(nil, RedisCommand("GET", "\(index):\(name)")).string
        // What ended meanwhile is not there, and a flag is looked at below.
        guard let text, let read = try? StatusEntry(json: JSONValue(parsing: Array(text.utf8))),
          read.key.flag == nil, RedisStatusKeys(read.key).entry == "\(index):\(name)"
        else { continue }
        entries[read.key] = read
      }
    }
    for flag in LegacyFlag.all {
      let key = StatusKey(flag)
      guard scope == nil || key.scope == scope else { continue }
      if let entry = try await entry(key) { entries[key] = entry }
    }
    return entries.values.sorted(by: StatusEntry.isListedFirst)
  }

  /// Tells one watcher when this board has changed something; legacy programs tell nobody.
  public func makeFeed() async throws(StatusError) -> any StatusFeed { Feed(bells, clock: clock) }

  /// Lets go of the connection; statuses stay.
  public func close() async { connection.close() }

  // MARK: Steps

  /// Looks, decides, and has it written if nothing has changed meanwhile; else looks again.
  private func change<Result: Sendable>(
    _ key: StatusKey, _ step: (inout StatusSlot) throws(StatusError) -> Result
  ) async throws(StatusError) -> Result {
    // What was to be written when nobody knows whether it was.
    var attempt: (entry: StatusEntry?, result: Result)?
    for _ in 0..<Self.mostLooks {
      let found = try await look(key)
      let before = try found.view(of: key)
      // It was done; it may have been extended since.
      if let attempt, before?.id == attempt.entry?.id { return attempt.result }
      var slot = StatusSlot(before, at: found.now)
      let result = try step(&slot)
      guard slot.entry != before else { return result }
      switch try await swap(key, found, for: slot.entry) {
      case .done: return result
      case .changed: continue
      case .unknown: attempt = (slot.entry, result)
      }
    }
    throw StatusError(key, .unavailable("others change it all the time"))
  }

  private static let mostLooks = 20

  private func look(_ key: StatusKey) async throws(StatusError) -> RedisStatusSnapshot {
    let keys = RedisStatusKeys(key)
    let value = try await call(
      key, RedisStatusScripts.look, [keys.entry, keys.flag ?? keys.entry],
      [keys.flag == nil ? "0" : "1"])
    guard let snapshot = RedisStatusSnapshot(value) else {
      throw StatusError(key, .unavailable("the server answered \(value)"))
    }
    return snapshot
  }

  private enum Swap { case done, changed, unknown }

  private func swap(
    _ key: StatusKey, _ found: RedisStatusSnapshot, for entry: StatusEntry?
  ) async throws(StatusError) -> Swap {
    let keys = RedisStatusKeys(key)
    let until = entry?.until ?? found.now
    let arguments = [
      found.entry ?? "", found.flag ?? "", "\(found.left)",
      entry.map { JSONValue.object($0.json).serialized() } ?? "",
      "\(until.microseconds / 1000)",
      keys.flag == nil ? "" : "\(RedisStatusSnapshot.seconds(until: until, at: found.now))",
      keys.member, RedisStatusKeys.channel,
    ]
    let answer = await tell(
      RedisStatusScripts.swap, [keys.entry, keys.flag ?? keys.entry, keys.index], arguments)
    switch answer {
    case .success(.integer(1)): return .done
    case .success: return .changed
    case .failure(.unknown): return .unknown
    case .failure(let failure): throw self.error(key, failure.cause)
    }
  }

  private func allIndices() async throws(StatusError) -> [String] {
    var (cursor, indices) = ("0", Set<String>())
    repeat {
      let value = try await ask(
        nil,
        RedisCommand(
          "SCAN", cursor, "MATCH", "\(RedisStatusKeys.prefix)*}", "COUNT", "1000", "TYPE", "zset"))
      guard let parts = value.elements, parts.count == 2, let next = parts[0].string,
        let found = parts[1].elements
      else { throw StatusError(nil, .unavailable("the server answered \(value)")) }
      cursor = next
      indices.formUnion(found.compactMap(\.string))
    } while cursor != "0"
    return indices.sorted()
  }

  private func call(
    _ key: StatusKey?, _ script: RedisScript, _ keys: [String], _ arguments: [String]
  ) async throws(StatusError) -> RedisValue {
    do throws(RedisFailure) {
      return try await tell(script, keys, arguments).get()
    } catch {
      throw self.error(key, error.cause)
    }
  }

  private func ask(
    _ key: StatusKey?, _ command: RedisCommand
  ) async throws(StatusError) -> RedisValue {
    let answer = FirstAnswer<Result<RedisValue, RedisFailure>>()
    connection.send(command) { answer.give($0) }
    do throws(RedisFailure) {
      return try await answer.value.get()
    } catch {
      throw self.error(key, error.cause)
    }
  }

  /// Calls a script, giving it to the server first when that does not know it.
  private func tell(
    _ script: RedisScript, _ keys: [String], _ arguments: [String]
  ) async -> Result<RedisValue, RedisFailure> {
    let command = script.call(keys: keys, arguments)
    let first = FirstAnswer<Result<RedisValue, RedisFailure>>()
    connection.send(command) { first.give($0) }
    let answer = await first.value
    guard case .failure(.refused(.noScript)) = answer else { return answer }
    let second = FirstAnswer<Result<RedisValue, RedisFailure>>()
    // Both go out together, and are carried out in this order.
    connection.send(script.load) { _ in }
    connection.send(command) { second.give($0) }
    return await second.value
  }

  private func error(_ key: StatusKey?, _ error: RedisError) -> StatusError {
    switch error {
    case .wrongType(let what): StatusError(key, .unusable("\(what); clear it"))
    case .notPermitted(let what): StatusError(key, .notPermitted(what))
    case .readOnly: StatusError(key, .readOnly(title))
    case .unreachable, .untrusted, .silent, .disconnected, .protocolViolation, .wrongPassword,
      .authenticationRequired, .tooOld, .loading, .busy, .misconfigured, .outOfMemory, .noScript,
      .queueFull, .closed, .server:
      StatusError(key, .unavailable("\(title): \(error)"))
    }
  }

  // MARK: Watchers

  /// The watchers there are.
  private final class Bells: Sendable {
    private let bells = Guarded<[ObjectIdentifier: Doorbell]>([:])

    func insert(_ bell: Doorbell) { bells.withLock { $0[ObjectIdentifier(bell)] = bell } }
    func remove(_ bell: Doorbell) { bells.withLock { $0[ObjectIdentifier(bell)] = nil } }
    func ring() { for bell in bells.withLock({ Array($0.values) }) { bell.ring() } }
  }

  private final class Feed: StatusFeed {
    private let bell = Doorbell()
    private let bells: Bells
    private let clock: any MonotonicClock

    init(_ bells: Bells, clock: any MonotonicClock) {
      (self.bells, self.clock) = (bells, clock)
      bells.insert(bell)
    }

    deinit { bells.remove(bell) }

    func wait(until deadline: Instant) async throws {
      await bell.wait(until: deadline, on: clock)
      try Task.checkCancellation()
    }
  }
}
