public import Interlock

/// The rule a transmitter keeps about its time on air.
///
/// Presets cover what is usual; the rules of Europe come from `DutyCyclePolicy.regional(for:erpDBm:)`,
/// those of the United States from `FCCRule`. The operator of a transmitter is responsible for
/// choosing the rule that applies to it.
public struct DutyCyclePolicy: Sendable, Hashable {
  /// How airtime is counted.
  public enum Model: Sendable, Hashable {
    /// Strict sliding windows, all of which hold at every instant. The choice for regulated bands.
    case windows([RollingBudget.Limit])
    /// A simple rolling counter: each transmission counts whole from its completion until it is a
    /// window old. Kept for those who know it from other repeaters.
    case counter(RollingBudget.Limit)
    /// The token bucket of the MeshCore firmware. Not a proof of any duty cycle.
    case firmwareBudget(FirmwareBudget.Settings)
    /// No limit. Airtime is still counted, so that a limit set later starts from the truth.
    case unlimited
  }

  /// What it is called in messages: a sub-band, a preset, or what the operator named it.
  public var name: String
  /// How airtime is counted.
  public var model: Model
  /// The most that floods may take of each allowance, in thousandths, so that direct packets and
  /// acknowledgements still pass under flood load.
  public var floodPermille: Int
  /// The most that adverts, which are floods too, may take of each allowance, in thousandths.
  public var advertPermille: Int
  /// The longest single transmission, a dwell-time rule; a longer frame is refused for good.
  public var maxSingleTransmission: Duration?
  /// Whether a transmission whose outcome is unknown counts as sent.
  ///
  /// Turning it off trusts every modem that falls silent not to have been on the air.
  public var debitsUnknown: Bool

  /// Makes a policy.
  public init(
    name: String, model: Model, floodPermille: Int = 800, advertPermille: Int = 250,
    maxSingleTransmission: Duration? = nil, debitsUnknown: Bool = true
  ) {
    self.name = name
    self.model = model
    self.floodPermille = floodPermille
    self.advertPermille = advertPermille
    self.maxSingleTransmission = maxSingleTransmission
    self.debitsUnknown = debitsUnknown
  }

  /// Strict windows.
  public static func windows(_ limits: [RollingBudget.Limit], name: String) -> DutyCyclePolicy {
    DutyCyclePolicy(name: name, model: .windows(limits))
  }

  /// A part of every hour, in thousandths: 1 % is 10.
  public static func hourly(permille: Int, name: String? = nil) -> DutyCyclePolicy {
    let percent = "\(permille / 10)" + (permille % 10 == 0 ? "" : ".\(permille % 10)")
    return .windows([.hourly(permille: permille)], name: name ?? "\(percent) % of every hour")
  }

  /// A rolling minute, counted the simple way; 3.6 s in it is 6 %.
  ///
  /// It has no shares: the counter it reproduces has none.
  public static func perMinute(
    _ allowance: Duration = .milliseconds(3600), window: Duration = .seconds(60)
  ) -> DutyCyclePolicy {
    DutyCyclePolicy(
      name: "rolling minute",
      model: .counter(RollingBudget.Limit(window: window, allowance: allowance)),
      floodPermille: 1000, advertPermille: 1000)
  }

  /// The firmware's budget, which has no shares.
  public static func firmwareBudget(_ settings: FirmwareBudget.Settings) -> DutyCyclePolicy {
    DutyCyclePolicy(
      name: "firmware budget", model: .firmwareBudget(settings), floodPermille: 1000,
      advertPermille: 1000)
  }

  /// No limit; airtime is still counted.
  public static let unlimited = DutyCyclePolicy(
    name: "unlimited", model: .unlimited, floodPermille: 1000, advertPermille: 1000)

  /// The windows that hold under this policy, for reading; the firmware's budget shows its own.
  public var limits: [RollingBudget.Limit] {
    switch model {
    case .windows(let limits): limits
    case .counter(let limit): [limit]
    case .firmwareBudget, .unlimited: []
    }
  }
}

extension RollingBudget.Limit {
  /// A part of every hour, in thousandths: what European rules call a duty cycle.
  ///
  /// *Source:* ETSI EN 300 220-1 V3.1.1, clause 5.4: the observation period is one hour.
  public static func hourly(permille: Int) -> RollingBudget.Limit {
    RollingBudget.Limit(window: .seconds(3600), allowance: .milliseconds(3600 * permille))
  }
}

/// A duty-cycle policy that makes no sense.
public struct DutyCyclePolicyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and what would be right, with units.
  public let description: String

  init(_ text: String) { description = "duty cycle: \(text)" }
}

extension DutyCyclePolicy {
  /// The most windows a policy may have.
  public static let maximumWindows = 8
  /// The longest window, and how long every transmission is remembered.
  public static let longestWindow = Duration.seconds(24 * 3600)

  /// Checks every figure.
  ///
  /// - Throws: `DutyCyclePolicyError` naming the first that cannot be.
  public func validate() throws(DutyCyclePolicyError) {
    guard limits.count <= Self.maximumWindows else {
      throw DutyCyclePolicyError(
        "a policy has at most \(Self.maximumWindows) windows, not \(limits.count)")
    }
    for limit in limits {
      guard limit.window > .zero, limit.window <= Self.longestWindow else {
        throw DutyCyclePolicyError("a window of \(limit.window); use more than 0 s, at most 24 h")
      }
      guard limit.allowance >= .zero, limit.allowance <= limit.window else {
        throw DutyCyclePolicyError(
          "an allowance of \(limit.allowance) in \(limit.window); use 0 s up to the window")
      }
    }
    for (what, permille) in [("floods", floodPermille), ("adverts", advertPermille)]
    where !(0...1000).contains(permille) {
      throw DutyCyclePolicyError("a share of \(permille) ‰ for \(what); use 0…1000")
    }
    if let maxSingleTransmission, maxSingleTransmission <= .zero {
      throw DutyCyclePolicyError(
        "a longest transmission of \(maxSingleTransmission); use more than 0 s")
    }
    if case .firmwareBudget(let settings) = model {
      guard settings.airtimeFactor.isFinite, (0...999).contains(settings.airtimeFactor) else {
        throw DutyCyclePolicyError("an airtime factor of \(settings.airtimeFactor); use 0…999")
      }
      guard settings.window > .zero, settings.window <= Self.longestWindow else {
        throw DutyCyclePolicyError(
          "a window of \(settings.window); use more than 0 s, at most 24 h")
      }
    }
  }
}
