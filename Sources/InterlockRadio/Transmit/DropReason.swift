/// Why a packet was refused or dropped; the raw values are stable identifiers for logs and metrics.
public enum DropReason: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  /// On scheduling, the allowance was spent.
  case dutyCycleAdvisory = "duty_cycle_advisory"
  /// At its turn, the allowance was spent.
  case dutyCycleGate = "duty_cycle_gate"
  /// It is larger than the whole allowance and would never fit.
  case exceedsWindow = "exceeds_window"
  /// It is longer than one transmission may be.
  case dwell
  /// It became too old.
  case stale
  /// The queue was full of packets more urgent.
  case queueFull = "queue_full"
  /// The radio does not work at present.
  case radioDown = "radio_down"
  /// The mode does not let it out.
  case mode
  /// Its requester gave it up.
  case cancelled
  /// The pipeline was stopped.
  case shutdown
  /// The frame is empty or longer than a radio can send.
  case invalidFrame = "invalid_frame"

  /// The stable identifier.
  public var description: String { rawValue }

  /// The reason a ledger's refusal stands for.
  init(_ reason: AirtimeRefusal) {
    switch reason {
    case .exceedsWindow: self = .exceedsWindow
    case .dwell: self = .dwell
    }
  }
}

/// A count for each reason.
public struct DropCounts: Sendable, Hashable {
  private var counts = [UInt64](repeating: 0, count: DropReason.allCases.count)

  /// Makes counts of zero.
  public init() {}

  /// How often it was for `reason`.
  public subscript(_ reason: DropReason) -> UInt64 {
    counts[Self.position(of: reason)]
  }

  /// All of them together.
  public var total: UInt64 { counts.reduce(0, &+) }

  mutating func count(_ reason: DropReason) {
    counts[Self.position(of: reason)] += 1
  }

  private static func position(of reason: DropReason) -> Int {
    switch reason {
    case .dutyCycleAdvisory: 0
    case .dutyCycleGate: 1
    case .exceedsWindow: 2
    case .dwell: 3
    case .stale: 4
    case .queueFull: 5
    case .radioDown: 6
    case .mode: 7
    case .cancelled: 8
    case .shutdown: 9
    case .invalidFrame: 10
    }
  }
}
