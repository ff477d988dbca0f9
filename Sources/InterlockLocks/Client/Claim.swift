internal import Interlock
internal import Synchronization

/// One acquisition: the request, the wait for its answer, the lease, and what is nested in it.
///
/// The one object that a backend's answers go to. While a body runs it is in a task-local chain, by which an acquisition
/// of the same lock further in is known to be the holder's own.
final class Claim: Sendable {
  enum Answer: Sendable {
    case granted
    case refused(LockRefusal)
  }

  /// Why a wait was ended from this side.
  enum Withdrawal: Sendable {
    case timedOut
    case cancelled
    case deadlock([LockError.DeadlockEdge])
  }

  private struct State: Sendable {
    var isOpen = true
    /// Acquisitions of the same lock from inside the body, under way or waiting for each other.
    var nested = 0
    var nestedGate: AdmissionGate?
    var drained: FirstAnswer<Void>?
    var withdrawal: Withdrawal?
    /// What came before anybody waited for it.
    var early: Answer?
    var waiter: FirstAnswer<Answer>?
    var mode: LockMode
    var asked: YieldRequest?
    var yieldRequests: AsyncStream<YieldRequest>.Continuation?
  }

  /// The claims of the bodies that the current task is in, the innermost first.
  @TaskLocal static var innermost: Claim?

  let client: LockClient
  let name: LockName
  let token: LockToken
  let options: LockOptions
  let lease: Lease
  /// The one further out, of any lock.
  let outer: Claim?
  /// The acquisition whose lease this one uses; nil when it has one of its own.
  let holder: Claim?
  let begun: Instant
  /// Where it is counted.
  let counts: LockMetrics.Slot
  /// Where it waits for others nested in the same body; nil when it is not nested.
  let turn: (gate: AdmissionGate, ticket: Ticket)?
  private let state: Guarded<State>
  private let grantedAt = Atomic<Int64>(0)

  init(
    _ client: LockClient, _ name: LockName, _ mode: LockMode, _ options: LockOptions,
    begun: Instant, outer: Claim?
  ) {
    self.client = client
    self.name = name
    self.options = options
    self.outer = outer
    self.begun = begun
    counts = client.metrics.slot(of: name)
    token = client.backend.session.nextToken()
    lease = Lease(name: name.text, clock: client.backend.clock)
    holder = nil
    turn = nil
    state = Guarded(State(mode: mode))
  }

  /// Nested in `holder`, from inside its body.
  init(in holder: Claim, begun: Instant, turn: (gate: AdmissionGate, ticket: Ticket)) {
    self.turn = turn
    client = holder.client
    name = holder.name
    token = holder.token
    options = holder.options
    outer = Self.innermost
    self.begun = begun
    counts = holder.counts
    lease = holder.lease
    self.holder = holder
    state = Guarded(State(mode: holder.mode))
  }

  var mode: LockMode { (holder ?? self).state.withLock(\.mode) }

  func setMode(_ mode: LockMode) { (holder ?? self).state.withLock { $0.mode = mode } }

  /// When it was granted.
  var granted: Instant { Instant(nanoseconds: grantedAt.load(ordering: .relaxed)) }

  /// Takes what the backend tells.
  func take(_ event: LockEvent) {
    switch event {
    case .granted(let grant):
      begin(grant, at: client.backend.clock.now)
      give(.granted)
    case .refused(let refusal):
      give(.refused(refusal))
    case .asked(let by, let reason):
      let request = YieldRequest(by: by, reason: reason)
      let listener = state.withLock { state in
        state.asked = request
        return state.yieldRequests
      }
      listener?.yield(request)
    case .lost(let loss):
      if lease.refuse(loss) { client.noteLoss(of: self, loss) }
    }
  }

  /// What becomes of the request; one task waits for it.
  var answer: Answer {
    get async {
      let (early, waiter) = state.withLock { state -> (Answer?, FirstAnswer<Answer>?) in
        if state.early == nil { state.waiter = FirstAnswer() }
        return (state.early, state.waiter)
      }
      if let early { return early }
      guard let waiter else { preconditionFailure("nothing to wait for") }
      return await waiter.value
    }
  }

  private func give(_ answer: Answer) {
    let waiter = state.withLock { state in
      if state.waiter == nil { state.early = answer }
      return state.waiter
    }
    waiter?.give(answer)
  }

  /// The lease begins, and with it its renewal.
  func begin(_ grant: LockGrant, at now: Instant) {
    grantedAt.store(now.nanoseconds, ordering: .relaxed)
    lease.begin(
      LeaseMachine(
        fence: grant.fence, term: grant.term, requested: grant.requested,
        renewal: options.renewal, chance: grant.term == nil ? 0 : client.chance()))
    if grant.term != nil { client.keeper.keep(self) }
  }

  /// Notes why the wait is given up, unless it was before; the backend is then told.
  func withdraw(_ cause: Withdrawal) -> Bool {
    state.withLock { state in
      guard state.withdrawal == nil else { return false }
      state.withdrawal = cause
      return true
    }
  }

  var withdrawal: Withdrawal? { state.withLock(\.withdrawal) }

  // MARK: Nested acquisitions

  /// Lets another acquisition of the same lock in, in turn with others of this body; nil when the body has ended.
  func join() -> AdmissionGate? {
    state.withLock { state in
      guard state.isOpen else { return nil }
      state.nested += 1
      if let gate = state.nestedGate { return gate }
      let gate = AdmissionGate(
        name: name.text, capacity: 1, waitingLimit: LockClient.nestedWaitingLimit,
        clock: client.backend.clock)
      state.nestedGate = gate
      return gate
    }
  }

  /// A nested acquisition has ended.
  func part() {
    let drained = state.withLock { state in
      state.nested -= 1
      return state.nested == 0 ? state.drained : nil
    }
    drained?.give(())
  }

  /// The body has ended: nothing more is nested in it, and what is has to end first.
  ///
  /// - Returns: what to wait for; nil when nothing is.
  func close() -> FirstAnswer<Void>? {
    let (drained, listener) = state.withLock {
      state -> (FirstAnswer<Void>?, AsyncStream<YieldRequest>.Continuation?) in
      state.isOpen = false
      if state.nested > 0 { state.drained = FirstAnswer() }
      return (state.drained, state.yieldRequests.take())
    }
    listener?.finish()
    return drained
  }

  /// Whether the body still runs.
  var isOpen: Bool { state.withLock(\.isOpen) }

  /// What others ask of the holder, from now on; one that came before is told first.
  func yieldRequests() -> AsyncStream<YieldRequest> {
    let (stream, continuation) = AsyncStream<YieldRequest>.makeStream(
      bufferingPolicy: .bufferingNewest(1))
    let (former, asked, isOpen) = state.withLock { state in
      let former = state.yieldRequests
      state.yieldRequests = continuation
      return (former, state.asked, state.isOpen)
    }
    former?.finish()
    if let asked { continuation.yield(asked) }
    if !isOpen { continuation.finish() }
    return stream
  }
}

/// Somebody would like to have a lock that is held.
public struct YieldRequest: Sendable, Hashable {
  /// Who.
  public var by: String
  /// Why.
  public var reason: String
}
