internal import Interlock

/// How advertisers that keep exceeding their limit are barred: for longer each time.
public struct AdvertPenalty: Sendable, Hashable {
  /// How often one exceeds its limit before it is barred, at least once.
  public var threshold: Int
  /// How long it is barred the first time.
  public var base: Duration
  /// What that is multiplied by each time after it, at least 1.
  public var factor: Double
  /// The longest it is barred.
  public var maximum: Duration
  /// After this time without exceeding it, a bar not counted, everything is forgotten.
  public var decay: Duration

  /// Makes a penalty; the defaults are those of pyMC.
  public init(
    threshold: Int = 2, base: Duration = .seconds(21_600), factor: Double = 2,
    maximum: Duration = .seconds(86_400), decay: Duration = .seconds(43_200)
  ) {
    self.threshold = threshold
    self.base = base
    self.factor = factor
    self.maximum = maximum
    self.decay = decay
  }

  /// How long somebody is barred who was barred for `last` the time before; nil for never.
  func bar(after last: Duration?) -> Duration {
    guard let last else { return min(base, maximum) }
    let nanoseconds = (Double(last.nanoseconds) * max(1, factor)).rounded()
    guard nanoseconds < Double(maximum.nanoseconds) else { return maximum }
    return .nanoseconds(Int64(nanoseconds))
  }
}
