/// What one radio sent, and how everything that reached it ended.
public struct AirStatistics: Sendable, Hashable {
  /// Transmissions begun.
  public internal(set) var sent = 0
  /// Time spent sending, whole transmissions counted at their beginning.
  public internal(set) var airtime = Duration.zero
  /// Transmissions of others that began within reach.
  public internal(set) var reached = 0
  /// Those decoded.
  public internal(set) var delivered = 0
  /// Those destroyed by others.
  public internal(set) var collided = 0
  /// Those below what the radio decodes.
  public internal(set) var tooWeak = 0
  /// Those missed because the radio was sending or being retuned.
  public internal(set) var deaf = 0

  /// Nothing yet.
  public init() {}

  /// Transmissions that have ended here, in one way or another.
  public var ended: Int { delivered + collided + tooWeak + deaf }

  mutating func count(_ outcome: ReceptionOutcome) {
    switch outcome {
    case .delivered: delivered += 1
    case .collided: collided += 1
    case .tooWeak: tooWeak += 1
    case .deaf: deaf += 1
    }
  }

  /// The sum over two radios.
  public static func + (left: Self, right: Self) -> Self {
    var sum = left
    sum.sent += right.sent
    sum.airtime += right.airtime
    sum.reached += right.reached
    sum.delivered += right.delivered
    sum.collided += right.collided
    sum.tooWeak += right.tooWeak
    sum.deaf += right.deaf
    return sum
  }
}
