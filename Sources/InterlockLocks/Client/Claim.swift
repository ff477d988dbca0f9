internal import Interlock
internal import Synchronization

/// One acquisition: the request, the wait for its answer, the lease, and what is nested in it.
///
/// The one object that a backend's answers go to. While a body runs it is in a task-local chain, by which an acquisition
/// of the same lock further in is known to be the holder's own.
final class Claim: Sendable {
  enum Answer: Sendable {
    case granted
    indirect case refused(LockRefusal)
  }

  /// Why a wait was ended from this side.
  enum Withdrawal: Sendable {
    case timedOut
    case cancelled
    case deadlock([LockError.DeadlockEdge])
  }

  private struct State: Sendable {
    var grant: LockGrant?
    /// Made when somebody looks at it, or has to renew it: most bodies do neither.
    var lease: Lease?
    /// It was given back before anybody looked at its lease.
    var isGivenBack = false
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
  /// What is asked for; when it is nested, what the one it is nested in asked for.
  let request: LockRequest
  let renewal: LeaseMachine.Renewal
  let checksForDeadlocks: Bool
  /// The one further out, of any lock.
  let outer: Claim?
  /// The acquisition whose lease this one uses; nil when it has one of its own.
  let holder: Claim?
  let begun: Instant
  /// Where it waits for others nested in the same body; nil when it is not nested.
  let turn: (gate: AdmissionGate, ticket: Ticket)?
  private let state: Guarded<State>
  private let grantedAt = Atomic<Int64>(0)

  init(
    _ client: LockClient, _ request: LockRequest, _ options: LockOptions, begun: Instant,
    outer: Claim?
  ) {
    self.client = client
    self.request = request
    renewal = options.renewal
    checksForDeadlocks = options.checksForDeadlocks
    self.outer = outer
    self.begun = begun
    holder = nil
    turn = nil
    state = Guarded(State(mode: request.mode))
  }

  /// Nested in `holder`, from inside its body.
  init(in holder: Claim, begun: Instant, turn: (gate: AdmissionGate, ticket: Ticket)) {
    self.turn = turn
    client = holder.client
    request = holder.request
    renewal = holder.renewal
    checksForDeadlocks = holder.checksForDeadlocks
    outer = Self.innermost
    self.begun = begun
    self.holder = holder
    state = Guarded(State(mode: holder.mode))
  }

  var name: LockName { request.name }
  var token: LockToken { request.token }

  var mode: LockMode { (holder ?? self).state.withLock(\.mode) }

  func setMode(_ mode: LockMode) { (holder ?? self).state.withLock { $0.mode = mode } }

  /// When it was granted.
  var granted: Instant { Instant(nanoseconds: grantedAt.load(ordering: .relaxed)) }

  /// Takes what the backend tells.
  func take(_ event: LockEvent) {
    switch event {
    case .granted(let grant):
      begin(grant, at: client.clock.now)
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

  // MARK: The lease

  /// What the holder and whoever renews it look at.
  var lease: Lease {
    if let holder { return holder.lease }
    while true {
      let (known, grant, isGivenBack) = state.withLock { ($0.lease, $0.grant, $0.isGivenBack) }
      if let known { return known }
      let made = Lease(name: name.text, clock: client.clock)
      if let grant { made.begin(machine(of: grant)) }
      if isGivenBack { _ = made.beginRelease() }
      let lease = state.withLock { state in
        if state.lease == nil, state.grant == grant, state.isGivenBack == isGivenBack {
          state.lease = made
        }
        return state.lease
      }
      if let lease { return lease }
    }
  }

  /// The fence of the grant; 0 before it is granted.
  var fence: Fence {
    if let holder { return holder.fence }
    let (lease, grant) = state.withLock { ($0.lease, $0.grant) }
    return lease?.fence ?? grant?.fence ?? Fence(0)
  }

  /// Lets the holder go on, if the lock is proved to be held now.
  ///
  /// - Throws: `LeaseError` otherwise.
  func check() throws(LeaseError) {
    if let holder { return try holder.check() }
    let isHeld = state.withLock { $0.lease == nil && $0.grant != nil && !$0.isGivenBack }
    if !isHeld { try lease.check() }
  }

  /// The lease begins, and with it its renewal.
  func begin(_ grant: LockGrant, at now: Instant) {
    grantedAt.store(now.nanoseconds, ordering: .relaxed)
    let lease = grant.term == nil ? nil : lease
    let known = state.withLock { state in
      state.grant = grant
      return state.lease
    }
    (lease ?? known)?.begin(machine(of: grant))
    if grant.term != nil { client.keeper.keep(self) }
  }

  /// What goes with the lock is held too: only now does the wait end and the holding begin.
  func completed(at now: Instant) { grantedAt.store(now.nanoseconds, ordering: .relaxed) }

  private func machine(of grant: LockGrant) -> LeaseMachine {
    LeaseMachine(
      fence: grant.fence, term: grant.term, requested: grant.requested, renewal: renewal,
      chance: grant.term == nil ? 0 : client.chance())
  }

  /// The holder is done with it.
  ///
  /// - Returns: whether it has to be given back now, and the loss, as ``Lease`` says.
  func beginRelease() -> (isDue: Bool, loss: LeaseLoss?) {
    let (lease, isDue) = state.withLock { state -> (Lease?, Bool) in
      if let lease = state.lease { return (lease, true) }
      defer { state.isGivenBack = true }
      return (nil, !state.isGivenBack)
    }
    guard let lease else { return (isDue, nil) }
    if lease.hasTerm { client.keeper.drop(self) }
    return lease.beginRelease()
  }

  /// It was given back, or that was tried in vain.
  func released() { state.withLock(\.lease)?.released() }

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
        clock: client.clock)
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
