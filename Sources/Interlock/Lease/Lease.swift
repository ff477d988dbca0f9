internal import Synchronization

/// A claim that one holder may look at from any task: whether it still holds, its fence, its loss.
///
/// It is the waiting face of a ``LeaseMachine``, which decides; whoever renews drives it.
///
/// ```swift
/// try lease.check()                 // no IO: throws when the lease cannot be proved to be held now
/// if let loss = await lease.loss() { … }
/// ```
///
/// *Complexity:* ``check()`` is one atomic load and, for a lease with a term, one look at the clock.
public final class Lease: Sendable {
  /// The loss of one lease, once; it ends when the lease was given back.
  public struct Losses: AsyncSequence, Sendable {
    /// What is told.
    public typealias Element = LeaseLoss
    fileprivate let lease: Lease

    /// One pass over it.
    public struct Iterator: AsyncIteratorProtocol {
      fileprivate var lease: Lease?

      /// The loss; nil when the lease was given back, or the caller is cancelled.
      public mutating func next() async -> LeaseLoss? {
        guard let lease else { return nil }
        self.lease = nil
        return await lease.loss()
      }
    }

    /// Starts a pass.
    public func makeAsyncIterator() -> Iterator { Iterator(lease: lease) }
  }

  private struct State: Sendable {
    var machine: LeaseMachine?
    /// A loss that was told before the grant was.
    var earlyLoss: LeaseLoss?
    var listeners = TicketQueue<Void>()
    var tasks = WaitTable<LeaseLoss?>()

    /// What the listeners are to be told, when there is something.
    var ending: LeaseLoss?? {
      switch machine?.state {
      case .lost(let loss): .some(loss)
      case .released: .some(nil)
      case .held, .suspect, .releasing, nil: nil
      }
    }
  }

  /// What errors call it.
  public let name: String
  private let clock: any MonotonicClock
  private let state = Guarded(State())
  /// Until when it is a claim, in nanoseconds; the smallest number when it is none.
  private let end = Atomic<Int64>(.min)

  /// A lease that is yet to be granted.
  package init(name: String, clock: any MonotonicClock) {
    self.name = name
    self.clock = clock
  }

  /// The fence of the grant.
  public var fence: Fence { state.withLock { $0.machine?.fence } ?? Fence(0) }

  /// Until when it is a claim without another renewal; nil when it ends only with its process, or is none any more.
  public var validUntil: Instant? {
    let end = end.load(ordering: .acquiring)
    return end == .max || end == .min ? nil : Instant(nanoseconds: end)
  }

  /// How long it is still a claim without another renewal; nil when it has no term.
  public var left: Duration? {
    guard state.withLock({ $0.machine?.term }) != nil else { return nil }
    return validUntil.map { max(.zero, clock.now.duration(to: $0)) } ?? .zero
  }

  /// Lets the holder go on, if the lease is proved to be held now.
  ///
  /// Call it after whatever may have paused, and before what must not be done without the lease.
  ///
  /// - Throws: ``LeaseError`` otherwise.
  public func check() throws(LeaseError) {
    let end = end.load(ordering: .acquiring)
    if end == .max || end > .min && clock.now.nanoseconds < end { return }
    let now = clock.now
    let (refusal, fence) = state.withLock { state -> (LeaseMachine.Refusal?, Fence) in
      guard let machine = state.machine else { return (.released, Fence(0)) }
      do throws(LeaseMachine.Refusal) {
        try machine.check(at: now)
        return (nil, machine.fence)
      } catch {
        return (error, machine.fence)
      }
    }
    if let refusal { throw LeaseError(name: name, fence: fence, refusal: refusal) }
  }

  /// The loss, when it comes.
  public var losses: Losses { Losses(lease: self) }

  /// Waits for the loss of the lease.
  ///
  /// *Cancellation:* returns nil at once.
  ///
  /// - Returns: the loss; nil when the lease was given back, or the caller is cancelled.
  public func loss() async -> LeaseLoss? {
    let ticket = state.withLock { state -> Ticket? in
      guard state.ending == nil else { return nil }
      let ticket = state.listeners.append(())
      state.tasks.expect(ticket)
      return ticket
    }
    guard let ticket else { return state.withLock { $0.ending ?? nil } }
    defer { WaitTable<LeaseLoss?>.noteResumption(at: self) }
    return await withTaskCancellationHandler {
      await unsafe withUnsafeContinuation { continuation in
        state.withLock { unsafe $0.tasks.park(ticket, continuation) }?.perform(at: self)
      }
    } onCancel: {
      state.withLock { state in
        state.listeners.remove(ticket)
        return state.tasks.conclude(ticket, nil)
      }?.perform(at: self)
    }
  }

  /// The loss, if there has been one.
  package var lossSoFar: LeaseLoss? {
    state.withLock { state in
      if case .lost(let loss) = state.machine?.state { loss } else { nil }
    }
  }

  /// When its machine is to be told the time next.
  package var nextDeadline: Instant? { state.withLock { $0.machine?.nextDeadline } }

  /// How long a term is; nil when there is none.
  package var term: Duration? { state.withLock { $0.machine?.term } }

  /// It was granted.
  package func begin(_ machine: LeaseMachine) {
    state.withLock { state in
      var machine = machine
      if let loss = state.earlyLoss.take() { _ = machine.refused(loss) }
      state.machine = machine
      end.store(Self.end(of: machine), ordering: .releasing)
    }
  }

  /// It is held no longer, says whoever granted it; it may say so before it was heard that it was granted.
  package func refuse(_ loss: LeaseLoss) {
    let isEarly = state.withLock { state in
      if state.machine == nil { state.earlyLoss = loss }
      return state.machine == nil
    }
    if !isEarly { _ = take { $0.refused(loss) } }
  }

  /// Takes one step of the machine, tells of a loss, and says what else is to be done.
  ///
  /// - Parameter step: What happened.
  /// - Returns: what `step` returned, and when time is to be told next.
  package func take<Result: Sendable>(
    _ step: @Sendable (inout LeaseMachine) -> Result
  ) -> (result: Result, next: Instant?)? {
    let (outcome, wakeups) = state.withLock {
      state -> ((Result, Instant?)?, [WaitTable<LeaseLoss?>.Wakeup]) in
      guard var machine = state.machine else { return (nil, []) }
      let result = step(&machine)
      state.machine = machine
      end.store(Self.end(of: machine), ordering: .releasing)
      guard let ending = state.ending else { return ((result, machine.nextDeadline), []) }
      var wakeups = [WaitTable<LeaseLoss?>.Wakeup]()
      while let listener = state.listeners.first {
        state.listeners.remove(listener)
        if let wakeup = state.tasks.conclude(listener, ending) { wakeups.append(wakeup) }
      }
      return ((result, machine.nextDeadline), wakeups)
    }
    for wakeup in wakeups { wakeup.perform(at: self) }
    return outcome.map { (result: $0.0, next: $0.1) }
  }

  private static func end(of machine: LeaseMachine) -> Int64 {
    switch machine.state {
    case .held: machine.term == nil ? .max : machine.validUntil.nanoseconds
    case .suspect, .lost, .releasing, .released: .min
    }
  }
}
