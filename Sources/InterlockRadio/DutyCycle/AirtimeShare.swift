public import Interlock

/// What a transmission counts as, beyond the whole allowance.
public enum AirtimeShare: Sendable, Hashable, CaseIterable {
  /// The whole allowance alone: direct packets and acknowledgements.
  case full
  /// The part that floods may take.
  case flood
  /// The part that adverts may take, inside that of floods.
  case advert
}

extension AirtimeShare {
  /// How the budget knows it.
  var kinds: RollingBudget.Share {
    switch self {
    case .full: []
    case .flood: .flood
    case .advert: .advert
    }
  }
}

extension RollingBudget.Share {
  static let flood = RollingBudget.Share(rawValue: 1)
  static let advert = RollingBudget.Share(rawValue: 2)
}

/// The answer to a request for airtime.
public enum AirtimeAdmission: Sendable, Hashable {
  /// It fits and is debited; settle it exactly once.
  case granted(RollingBudget.ReservationID)
  /// It does not fit yet; the first instant at which it will.
  case notBefore(Instant)
  /// It will never fit.
  case never(AirtimeRefusal)
}

/// What a request for airtime would be answered; nothing is debited.
public enum AirtimeAdvice: Sendable, Hashable {
  /// It fits now.
  case fits
  /// It does not fit yet; the first instant at which it will.
  case notBefore(Instant)
  /// It will never fit.
  case never(AirtimeRefusal)
}

/// Why a transmission can never be made under the policy in force.
public enum AirtimeRefusal: String, Sendable, Hashable, CustomStringConvertible {
  /// It is longer than a whole allowance, or than its share's part of it.
  case exceedsWindow = "exceeds_window"
  /// It is longer than a single transmission may be.
  case dwell

  /// A stable identifier used in logs and metrics.
  public var description: String { rawValue }
}
