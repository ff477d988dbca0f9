public import Interlock
public import InterlockLocks

/// One client's way to a ``SimulatedLockStore``: every request and every answer is a message that takes a turn.
///
/// While the link is cut, messages of both directions are lost. When it is mended, everything that waits is asked again
/// and everything that is owed is given back, as a client of a real server does.
public final class SimulatedLockBackend: LockBackend {
  /// What waits or is held.
  private struct Entry {
    let request: LockRequest
    let event: @Sendable (LockEvent) -> Void
    var isGranted = false
  }

  private struct State {
    var isCut = false
    var open: [LockToken: Entry] = [:]
    /// Grants that could not be given back.
    var owed: [LockToken: LockName] = [:]
  }

  /// What errors and listings call it.
  public let title = "simulation:"
  /// Whose fences can be compared.
  public let fenceDomain = "il"
  /// What requests are known by.
  public let session: LockSession
  private let store: SimulatedLockStore
  private let state = Guarded(State())
  private let wire = BoundedChannel<@Sendable () -> Void>(capacity: 4_096, name: "link")

  init(_ store: SimulatedLockStore, _ session: LockSession) {
    self.store = store
    self.session = session
  }

  /// What terms are measured by.
  public var clock: any MonotonicClock { store.clock }

  /// Carries messages, one at a turn, until it is cancelled.
  public func run() async {
    while let message = try? await wire.receive() { message() }
  }

  /// Cuts the link: what is under way, and what is sent, is lost.
  public func cut() { state.withLock { $0.isCut = true } }

  /// Mends the link.
  public func mend() {
    let (open, owed) = state.withLock { state in
      state.isCut = false
      return (state.open, state.owed)
    }
    for (token, name) in owed { release(token, of: name) { _ in } }
    for entry in open.values { ask(entry.request, isRepeated: true) }
  }

  /// Something that rings at a time set.
  public func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any LockAlarm {
    TaskAlarm(clock: clock, ring)
  }

  /// Asks for a lock; the answer takes a turn.
  ///
  /// - Throws: `LockRefusal`; never here.
  public func request(
    _ request: LockRequest, _ event: @escaping @Sendable (LockEvent) -> Void
  ) throws(LockRefusal) -> LockGrant? {
    state.withLock { $0.open[request.token] = Entry(request: request, event: event) }
    ask(request, isRepeated: false)
    return nil
  }

  private func ask(_ request: LockRequest, isRepeated: Bool) {
    let sent = clock.now
    send { [self] in
      let verdict = store.perform { table, now, microseconds in
        let listener: @Sendable (LockEvent) -> Void = { [self] in tell($0, request.token, sent: nil)
        }
        return (table.request(request, listener, at: now, microseconds: microseconds), [])
      }
      switch verdict {
      case .granted(let grant): tell(.granted(grant), request.token, sent: sent)
      case .waiting: break
      case .refused(let refusal): tell(.refused(refusal), request.token, sent: sent)
      }
    }
  }

  /// Sends what the store tells; validity counts from when the request was sent that is answered, or from the grant.
  private func tell(_ event: LockEvent, _ token: LockToken, sent: Instant?) {
    send { [self] in
      let listener = state.withLock { state in
        switch event {
        case .refused, .lost: return state.open.removeValue(forKey: token)?.event
        case .granted:
          state.open[token]?.isGranted = true
          return state.open[token]?.event
        case .asked: return state.open[token]?.event
        }
      }
      switch event {
      case .granted(var grant):
        if let sent { grant.requested = sent }
        if let listener { listener(.granted(grant)) }
      case .refused, .lost, .asked: listener?(event)
      }
    }
  }

  /// Takes a request that waits out of the line.
  public func withdraw(_ token: LockToken, of name: LockName) {
    guard state.withLock({ $0.isCut }) else {
      send { [self] in
        store.perform { table, now, microseconds in
          ((), table.withdraw(token, of: name, at: now, microseconds: microseconds))
        }
      }
      return
    }
    // It may have been granted meanwhile: then it is owed.
    let entry = state.withLock { state in
      state.owed[token] = name
      return state.open.removeValue(forKey: token)
    }
    entry?.event(.refused(.withdrawn(holder: nil)))
  }

  /// Asks for other terms.
  public func renew(
    _ leases: [LockRenewal], _ answer: @escaping @Sendable ([LockRenewal.Answer]) -> Void
  ) {
    let sent = clock.now
    let unanswered: @Sendable () -> Void = { answer(leases.map { _ in .unanswered }) }
    send(orElse: unanswered) { [self] in
      let held = store.perform { table, now, _ in
        (leases.map { table.renew($0.token, of: $0.name, for: $0.term, at: now) }, [])
      }
      send(orElse: unanswered) {
        answer(held.map { $0 ? .confirmed(sent: sent) : .refused(.backendReset) })
      }
    }
  }

  /// Gives a grant back; while the link is cut it is owed.
  public func release(
    _ token: LockToken, of name: LockName,
    _ answer: @escaping @Sendable (Result<Bool, LockError>) -> Void
  ) {
    state.withLock { state in
      state.open[token] = nil
      state.owed[token] = name
    }
    let title = title
    let lost: @Sendable () -> Void = {
      answer(
        .failure(LockError(name, .unavailable(backend: title, cause: "the link is cut"))))
    }
    send(orElse: lost) { [self] in
      let wasHeld = store.perform { table, now, microseconds in
        table.release(token, of: name, at: now, microseconds: microseconds)
      }
      send(orElse: lost) { [self] in
        state.withLock { _ = $0.owed.removeValue(forKey: token) }
        answer(.success(wasHeld))
      }
    }
  }

  /// Makes another mode of a grant.
  ///
  /// - Throws: `LockError`.
  public func convert(
    _ token: LockToken, of name: LockName, to mode: LockMode
  ) async throws(LockError) -> Fence? {
    try await exchange(name) { table, now, microseconds in
      do throws(LockError) {
        let (fence, notices) = try table.convert(
          token, of: name, to: mode, at: now, microseconds: microseconds)
        return (.success(fence), notices)
      } catch {
        return (.failure(error), [])
      }
    }
  }

  /// Raises the fence of a grant.
  ///
  /// - Throws: `LockError`.
  public func raiseFence(
    of token: LockToken, of name: LockName, above floor: Fence
  ) async throws(LockError) -> Fence {
    try await exchange(name) { table, _, microseconds in
      let fence = table.raiseFence(of: token, of: name, above: floor, microseconds: microseconds)
      return (
        fence.map { .success($0) } ?? .failure(LockError(name, .notHolder(token: token.text))), []
      )
    }
  }

  /// Takes a lock away.
  ///
  /// - Throws: `LockError`.
  public func forceUnlock(
    _ name: LockName, expecting token: String?, by: String, reason: String
  ) async throws(LockError) -> [LockHolder] {
    try await exchange(name) { table, now, microseconds in
      let (ended, notices) = table.revoke(
        token, of: name, loss: .revoked(by: by, reason: reason), at: now, microseconds: microseconds
      )
      guard let token, ended.isEmpty else { return (.success(ended), notices) }
      return (.failure(LockError(name, .notHolder(token: token))), notices)
    }
  }

  /// Tells a holder that somebody would like to have it.
  ///
  /// - Throws: `LockError`.
  public func askToYield(
    _ name: LockName, token: String, by: String, reason: String
  ) async throws(LockError) {
    let listener: @Sendable (LockEvent) -> Void = try await exchange(name) { table, _, _ in
      (
        table.listener(of: token, for: name).map { .success($0) }
          ?? .failure(LockError(name, .notHolder(token: token))), []
      )
    }
    listener(.asked(by: by, reason: reason))
  }

  /// What is recorded about a lock.
  ///
  /// - Throws: `LockError`.
  public func record(of name: LockName) async throws(LockError) -> LockRecord {
    try await exchange(name) { table, now, _ in (.success(table.record(of: name, at: now)), []) }
  }

  /// What is recorded about every lock at or below `prefix`.
  ///
  /// - Throws: `LockError`.
  public func records(below prefix: LockName?) async throws(LockError) -> [LockRecord] {
    try await exchange(prefix) { table, now, _ in
      let names = table.names.filter { name in prefix.map { name.isBelow($0) } ?? true }
      return (
        .success(
          names.map { table.record(of: $0, at: now) }.sorted { $0.name.text < $1.name.text }), []
      )
    }
  }

  /// There is one record only, so nothing can disagree.
  public func disagreements(about name: LockName) async throws(LockError) -> [String] { [] }

  /// Requests of this client that stand in the way of one that waits.
  public func blockers(of token: LockToken, for name: LockName) -> [LockToken] {
    state.withLock { state in
      guard let mine = state.open[token]?.request else { return [] }
      return state.open.values.filter { other in
        guard other.request.name == name, other.request.token != token else { return false }
        return other.isGranted
          ? !(mine.mode == .shared && other.request.mode == .shared)
          : other.request.token.number < token.number
      }.map(\.request.token).sorted { $0.number < $1.number }
    }
  }

  /// Ends the link.
  public func close() async { wire.finish() }

  /// Sends a message, which is lost when the link is cut, now or when its turn comes.
  private func send(
    orElse lost: @escaping @Sendable () -> Void = {}, _ message: @escaping @Sendable () -> Void
  ) {
    let carried: @Sendable () -> Void = { [self] in
      if state.withLock({ $0.isCut }) { lost() } else { message() }
    }
    switch wire.trySend(carried) {
    case .accepted: break
    case .overflow, .finished: lost()
    }
  }

  private func exchange<Value: Sendable>(
    _ name: LockName?,
    _ step:
      @escaping @Sendable (inout LockTable, Instant, UInt64) -> (
        Result<Value, LockError>, [LockTable.Notice]
      )
  ) async throws(LockError) -> Value {
    let answer = FirstAnswer<Result<Value, LockError>>()
    let title = title
    let lost: @Sendable () -> Void = {
      answer.give(
        .failure(
          LockError(
            name: name?.text ?? "", .unavailable(backend: title, cause: "the link is cut"))))
    }
    send(orElse: lost) { [self] in
      let result = store.perform(step)
      send(orElse: lost) { answer.give(result) }
    }
    return try await answer.value.get()
  }
}
