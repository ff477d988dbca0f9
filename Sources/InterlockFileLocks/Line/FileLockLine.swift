internal import Interlock
internal import InterlockLocks
internal import InterlockSystem

/// One lock, as this process has it: its file, and the requests of this process.
///
/// Every step is synchronous and under one guard, the few calls of the kernel that cannot block included: taking a ticket
/// and noting it are one step to this process. What is told to others, and what blocks, comes after.
final class FileLockLine: Sendable {
  /// A helper of its own waits for the obstacle of the first in line.
  struct Helper {
    let number: UInt64
    let obstacle: Obstacle
  }

  struct State {
    var file: LockFile?
    var line = LocalLine<Claim>()
    var helper: Helper?
    var helpers: UInt64 = 0
    /// It was given up, because nobody used it.
    var isRetired = false
    /// The last ticket and the last fence that this process knows of.
    var lastTicket: UInt64 = 0
    var lastFence: UInt64 = 0
  }

  /// What follows from a step.
  struct Outcome {
    var notices: [Notice] = []
    /// The helper that is to begin.
    var helper: UInt64?
    /// Whether others are to be told to look.
    var rings = false
  }

  /// What becomes of a request.
  enum Answer {
    case granted(LockGrant)
    case waits
    case refused(LockRefusal)
    /// This line is no longer used: ask for it again.
    case retired
  }

  let name: LockName
  let path: String
  let place: LockPlace
  let state = Guarded(State())

  init(_ name: LockName, _ place: LockPlace) {
    self.name = name
    self.place = place
    path = place.path(of: name)
  }

  /// Asks for the lock.
  func request(
    _ request: LockRequest, _ event: @escaping @Sendable (LockEvent) -> Void
  ) -> Answer {
    let now = place.clock.now
    let (answer, outcome) = state.withLock { state -> (Answer, Outcome) in
      var outcome = Outcome()
      guard !state.isRetired else { return (.retired, outcome) }
      do {
        return (try enter(request, event, now, &state, &outcome), outcome)
      } catch {
        return (.refused(.failed(place.error(error, name))), outcome)
      }
    }
    perform(outcome)
    return answer
  }

  private func enter(
    _ request: LockRequest, _ event: @escaping @Sendable (LockEvent) -> Void, _ now: Instant,
    _ state: inout State, _ outcome: inout Outcome
  ) throws -> Answer {
    let token = request.token
    if let known = state.line[token] {
      guard known.isHeld, let fence = known.payload.fence else { return .waits }
      return .granted(LockGrant(fence: fence, requested: known.payload.requested, term: nil))
    }
    let file = try file(&state, &outcome)
    if let floor = request.floor {
      guard floor.number < TicketRange.tooLarge else {
        throw LockError(
          name, .invalidOption("the fence \(floor) is beyond those that a lock can give"))
      }
      file.raiseFloor(to: floor.number)
    }
    let mode = request.mode
    let mayJoin = state.line.mayJoin(mode)
    if !request.waits, try !mayJoin || file.isHeld(againstShared: mode == .shared) {
      return .refused(.busy(holder: holder(state, file)))
    }
    guard mayJoin || state.line.waitingCount < place.waitingLimit else {
      throw LockError(name, .queueFull(waiting: state.line.waitingCount))
    }
    let (ticket, isAlone) = try file.takeTicket(shared: mode == .shared, after: state.lastTicket)
    state.lastTicket = ticket
    var claim = Claim(event: event, reason: request.reason, requested: now)
    do {
      if mayJoin, case .granted = try verdict(mode, ticket, state, file, isAlone: isAlone) {
        let fence = noteFence(file.fence(for: ticket), &state)
        claim.fence = fence
        claim.slot = slot(token, mode, ticket, claim, isHeld: true, now, state, file)
        state.line.hold(token, mode, ticket: ticket, claim)
        return .granted(LockGrant(fence: fence, requested: now, term: nil))
      }
      guard request.waits else {
        file.drop(ticket)
        return .refused(.busy(holder: holder(state, file)))
      }
      if let recorded = otherForm(than: mode, state, file) {
        throw LockError(name, .configurationMismatch(recorded: recorded, asked: "\(mode)"))
      }
    } catch {
      file.drop(ticket)
      throw error
    }
    claim.slot = slot(token, mode, ticket, claim, isHeld: false, now, state, file)
    state.line.wait(token, mode, ticket: ticket, claim)
    advance(&state, &outcome)
    return .waits
  }

  /// Takes a request that waits out of the line.
  func withdraw(_ token: LockToken) {
    let outcome = state.withLock { state -> Outcome in
      var outcome = Outcome()
      guard let member = state.line[token], !member.isHeld, let file = state.file else {
        return outcome
      }
      let holder = file.isWhole ? holder(state, file) : nil
      _ = state.line.remove(token)
      letGo(member, file)
      outcome.notices.append(
        Notice(event: member.payload.event, what: .refused(.withdrawn(holder: holder))))
      advance(&state, &outcome)
      return outcome
    }
    perform(outcome)
  }

  /// Gives a grant back.
  ///
  /// - Returns: whether it was held.
  func release(_ token: LockToken) -> Bool {
    let (wasHeld, outcome) = state.withLock { state -> (Bool, Outcome) in
      var outcome = Outcome()
      guard let member = state.line[token], member.isHeld, let file = state.file else {
        return (false, outcome)
      }
      // One that was ousted and has not heard of it yet did not hold it any more.
      let isWhole = file.isWhole
      let wasHeld = !isWhole || file.ousting(of: member.ticket) == nil
      _ = state.line.remove(token)
      letGo(member, file, isWhole: isWhole)
      if state.line.waitingCount > 0 { advance(&state, &outcome) }
      return (wasHeld, outcome)
    }
    perform(outcome)
    return wasHeld
  }

  /// Gives up all that the kernel and the file have of a request.
  ///
  /// A file that was cut off is not touched; what the kernel has of it is given up all the same.
  func letGo(_ member: LocalLine<Claim>.Member, _ file: LockFile, isWhole: Bool? = nil) {
    let isWhole = isWhole ?? file.isWhole
    if let slot = member.payload.slot, isWhole { file.clearSlot(slot, member.ticket) }
    if member.isHeld, case .permits(let count, _) = member.mode {
      file.dropPermits(member.ticket, count: count)
      if isWhole { file.tellOfPermits() }
    } else {
      file.drop(member.ticket)
    }
  }

  func noteFence(_ fence: Fence, _ state: inout State) -> Fence {
    state.lastFence = max(state.lastFence, fence.number)
    return fence
  }

  /// Does what follows from a step.
  func perform(_ outcome: Outcome) {
    if let helper = outcome.helper { start(helper) }
    for notice in outcome.notices { notice.tell() }
    if outcome.rings { place.bell.ring() }
  }

  /// Gives the line up if nobody uses it.
  ///
  /// - Returns: whether it did.
  func retire() -> Bool {
    state.withLock { state in
      guard state.line.isEmpty else { return false }
      state.isRetired = true
      state.file = nil
      return true
    }
  }
}
