import Interlock
import InterlockRadio

extension LoRaSettings {
  /// On these settings a frame of up to five bytes lasts 111.104 ms, and one of 50 bytes 244.224 ms.
  static let narrow = LoRaSettings(
    frequencyHz: 869_525_000, bandwidthHz: 62_500, spreadingFactor: 7, codingRateDenominator: 5)
}

extension Duration {
  /// The time on air of a short frame on `LoRaSettings.narrow`.
  static let shortFrame = Duration.microseconds(111_104)
}

extension Instant {
  /// A round instant to start at.
  static let start = Instant(nanoseconds: 1_000_000_000_000)

  static func after(_ duration: Duration) -> Instant { start.advanced(by: duration) }
}

extension DutyCyclePolicy {
  /// One strict window of a minute, with nothing set apart for floods.
  static func minute(_ allowance: Duration) -> DutyCyclePolicy {
    var policy = DutyCyclePolicy.windows(
      [RollingBudget.Limit(window: .seconds(60), allowance: allowance)], name: "test")
    policy.floodPermille = 1000
    policy.advertPermille = 1000
    return policy
  }
}

/// Makes requests whose frames are told apart by their number.
func request(
  _ number: Int = 0, _ kind: PacketKind = .direct, origin: TransmitOrigin = .relay,
  priority: Int? = nil, delay: Duration = .zero, bytes: Int = 5, at now: Instant = .start,
  deadline: Instant? = nil
) -> TransmitRequest {
  var frame = [UInt8](repeating: 0, count: bytes)
  for index in frame.indices.prefix(4) {
    frame[index] = UInt8(truncatingIfNeeded: number >> (8 * index))
  }
  return TransmitRequest(
    frame: frame,
    label: PacketLabel(identifier: UInt64(number), type: "TXT_MSG", route: kind.rawValue),
    origin: origin, kind: kind, priority: priority ?? (kind.isFlooded ? 1 : 0), delay: delay,
    receivedAt: now, deadline: deadline)
}

/// The number `request` put into a frame.
func number(of frame: [UInt8]) -> Int {
  frame.prefix(4).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
}

/// A guarded value that several closures may share.
final class Shared<Value: Sendable>: Sendable {
  private let guarded: Guarded<Value>

  init(_ value: Value) { guarded = Guarded(value) }

  var value: Value { guarded.withLock { $0 } }

  func withLock<Result: Sendable>(_ step: @Sendable (inout Value) -> Result) -> Result {
    guarded.withLock { step(&$0) }
  }
}
