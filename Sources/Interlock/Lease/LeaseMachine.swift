/// Decides what a holder may believe of its grant, and when the grant is to be renewed.
///
/// A pure machine, without a clock, chance or IO: it is told when requests were sent and what came back, and says what is
/// to be done.
///
/// ```text
///          ┌──confirmed───┐
///          ▼              │
/// held ──validity over──▶ suspect ──no answer──▶ lost
///   │  └──refused──────────┴──────refused──────▶ lost
///   └──release──▶ releasing ──▶ released
/// ```
///
/// A grant or a renewal with term *L*, asked for at *t*, is valid until *t* + *L* − max(*L*/100, 2 ms): counted from before
/// the request was sent, on a clock that goes on while the machine is suspended, and with room for clocks that do not run
/// alike. So whenever ``check(at:)`` lets a holder go on, the grant has not ended where it was given.
///
/// A claim whose validity is over is *suspect*: nothing may be done under it, but one more renewal is tried. If that is
/// confirmed nobody had it in between, because a token that has ended does not come back.
///
/// *Complexity:* constant.
///
/// *Source:* C. Gray, D. Cheriton, "Leases", SOSP 1989, for terms and the allowance for clocks.
public struct LeaseMachine: Sendable, Hashable {
  /// Whether and for how long a lease is renewed.
  public enum Renewal: Sendable, Hashable {
    /// For as long as it is held.
    case automatic
    /// Not at all: it ends with its term.
    case never
    /// Until it has been held for so long.
    case upTo(Duration)
  }

  /// How things stand.
  public enum State: Sendable, Hashable {
    /// It is a claim until its validity ends.
    case held
    /// Its validity is over, and nobody knows yet whether it is lost.
    case suspect
    /// It is a claim no longer.
    case lost(LeaseLoss)
    /// It is being given back.
    case releasing
    /// It was given back.
    case released
  }

  /// What is to be done.
  public enum Command: Sendable, Hashable {
    /// Ask for another term, at once.
    case renew
    /// Tell the holder; said once.
    case tellLoss(LeaseLoss)
  }

  /// Why ``check(at:)`` does not let a holder go on.
  public enum Refusal: Error, Sendable, Hashable {
    /// It cannot be proved now that the lease is held; it may still turn out that it is.
    case suspect
    /// It is lost.
    case lost(LeaseLoss)
    /// It was given back.
    case released
  }

  /// Renewals are asked for when this part of a term has passed.
  private static let partBeforeRenewal = 3
  /// The largest share of that time by which it is moved, so that many holders do not ask together.
  private static let jitter = 0.1
  private static let firstRetry = Duration.milliseconds(50)
  /// The longest wait between two tries, as a part of the term.
  private static let partBeforeRetry = 12
  private static let longestSuspicion = Duration.seconds(1)
  private static let partOfSuspicion = 4
  private static let leastAllowance = Duration.milliseconds(2)
  private static let partOfAllowance = 100

  /// How long a term is; nil when the lease ends only with whoever holds it.
  public let term: Duration?
  /// The fence of the grant.
  public private(set) var fence: Fence
  /// How things stand; as of the last time the machine was told.
  public private(set) var state = State.held
  /// Until when it is a claim without another renewal.
  public private(set) var validUntil: Instant

  /// The last instant to which it may be renewed; nil for no renewal.
  private let renewableUntil: Instant?
  private let lossAtEnd: LeaseLoss
  private var renewalDue: Instant?
  private var nextRetry = Self.firstRetry
  /// When suspicion becomes certainty.
  private var suspectUntil = Instant.distantFuture

  /// A lease that has just been granted.
  ///
  /// - Parameters:
  ///   - fence: The fence of the grant.
  ///   - term: How long it lasts; nil when it ends only with whoever holds it.
  ///   - requested: The instant before the request for it was sent.
  ///   - renewal: Whether it is renewed.
  ///   - chance: From −1 to 1: moves the first renewal.
  public init(
    fence: Fence, term: Duration?, requested: Instant, renewal: Renewal = .automatic,
    chance: Double = 0
  ) {
    self.fence = fence
    self.term = term
    switch renewal {
    case .automatic: (renewableUntil, lossAtEnd) = (.distantFuture, .disconnected)
    case .never: (renewableUntil, lossAtEnd) = (nil, .expired)
    case .upTo(let total): (renewableUntil, lossAtEnd) = (requested.advanced(by: total), .holdLimit)
    }
    validUntil = term == nil ? .distantFuture : Instant(nanoseconds: .min)
    takeTerm(from: requested, chance: chance)
  }

  /// What nobody was granted yet: there is nothing to hold, to lose or to give back.
  package static let none: LeaseMachine = {
    var machine = LeaseMachine(fence: Fence(0), term: nil, requested: .origin)
    machine.state = .released
    return machine
  }()

  /// When ``advance(to:)`` has something to do next; nil when nothing comes by time alone.
  public var nextDeadline: Instant? {
    switch state {
    case .held: term == nil ? nil : min(renewalDue ?? .distantFuture, validUntil)
    case .suspect: min(renewalDue ?? .distantFuture, suspectUntil)
    case .lost, .releasing, .released: nil
    }
  }

  /// Lets a holder go on, if the lease is proved to be held now.
  ///
  /// - Throws: ``Refusal`` otherwise.
  public func check(at now: Instant) throws(Refusal) {
    switch state {
    case .held: if isOver(at: now) { throw .suspect }
    case .suspect: throw .suspect
    case .lost(let loss): throw .lost(loss)
    case .releasing, .released: throw .released
    }
  }

  /// Time has passed.
  ///
  /// - Parameter now: The present instant.
  /// - Returns: what is to be done; nil for nothing.
  public mutating func advance(to now: Instant) -> Command? {
    switch state {
    case .held where isOver(at: now): return validityEnded(at: now)
    case .suspect where now >= suspectUntil: return lose(.disconnected)
    case .held, .suspect:
      guard let due = renewalDue, now >= due else { return nil }
      renewalDue = nil
      return .renew
    case .lost, .releasing, .released: return nil
    }
  }

  /// A renewal was granted.
  ///
  /// - Parameters:
  ///   - sent: The instant before it was asked for.
  ///   - now: The present instant.
  ///   - chance: From −1 to 1: moves the next renewal.
  public mutating func confirmed(sent: Instant, at now: Instant, chance: Double = 0) {
    guard state == .held || state == .suspect else { return }
    nextRetry = Self.firstRetry
    takeTerm(from: sent, chance: chance)
    if now < validUntil { state = .held }
  }

  /// A renewal got no answer: whether it was granted is not known.
  ///
  /// - Parameter now: The present instant.
  public mutating func unanswered(at now: Instant) {
    guard let term, state == .held || state == .suspect else { return }
    renewalDue = now.advanced(by: nextRetry)
    nextRetry = min(nextRetry * 2, max(Self.firstRetry, term / Self.partBeforeRetry))
  }

  /// Whoever grants it says that it is held no longer.
  ///
  /// - Parameter loss: Why.
  /// - Returns: what is to be done; nil when it was lost or given back before.
  public mutating func refused(_ loss: LeaseLoss) -> Command? {
    guard state == .held || state == .suspect else { return nil }
    return lose(loss)
  }

  /// The fence was raised, because the guarded thing has seen a greater one.
  public mutating func raised(to fence: Fence) { self.fence = max(self.fence, fence) }

  /// The holder is done with it.
  ///
  /// - Returns: whether it has to be given back now: once, and not when whoever grants it is known to have forgotten it.
  public mutating func release() -> Bool {
    switch state {
    case .held, .suspect:
      state = .releasing
      return true
    case .lost(let loss):
      state = .released
      return loss.mayBeRecorded
    case .releasing, .released: return false
    }
  }

  /// It has been given back, or that was tried in vain.
  public mutating func released() {
    if state == .releasing { state = .released }
  }

  /// Whether its validity has ended; that of one without a term never does.
  private func isOver(at now: Instant) -> Bool { term != nil && now >= validUntil }

  private mutating func takeTerm(from sent: Instant, chance: Double) {
    guard let term else { return }
    let allowance = max(Self.leastAllowance, term / Self.partOfAllowance)
    // An answer that was overtaken by a later one takes nothing back.
    validUntil = max(validUntil, sent.advanced(by: term - allowance))
    renewalDue = nil
    guard let renewableUntil else { return }
    let wait = term / Self.partBeforeRenewal
    let due = sent.advanced(by: wait + wait * (min(1, max(-1, chance)) * Self.jitter))
    if due < renewableUntil { renewalDue = due }
  }

  private mutating func validityEnded(at now: Instant) -> Command? {
    guard let term, let renewableUntil, now < renewableUntil else { return lose(lossAtEnd) }
    state = .suspect
    suspectUntil = validUntil.advanced(
      by: min(Self.longestSuspicion, term / Self.partOfSuspicion))
    guard now < suspectUntil else { return lose(.disconnected) }
    renewalDue = nil
    return .renew
  }

  private mutating func lose(_ loss: LeaseLoss) -> Command {
    state = .lost(loss)
    return .tellLoss(loss)
  }
}
