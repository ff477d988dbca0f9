internal import Interlock
internal import Synchronization

/// What a client counts.
final class LockMetrics: Sendable {
  /// More classes than this are counted together: a name made of a number must not fill the memory.
  private static let mostClasses = 64
  private static let others = "other"

  private struct State: Sendable {
    var classes: [Substring: LockStatistics] = [:]
  }

  private let state = Guarded(State())
  private let renewals = Atomic<Int>(0)
  private let renewalFailures = Atomic<Int>(0)

  /// By class of lock.
  var classes: [String: LockStatistics] {
    state.withLock { state in
      Dictionary(uniqueKeysWithValues: state.classes.map { (String($0.key), $0.value) })
    }
  }

  /// Leases renewed, and renewals that got no answer.
  var renewalCounts: (renewals: Int, failures: Int) {
    (renewals.load(ordering: .relaxed), renewalFailures.load(ordering: .relaxed))
  }

  /// Counts something.
  func count(_ name: LockName, _ step: (inout LockStatistics) -> Void) {
    let label = Self.label(of: name)
    state.withLock { state in
      let isKnown = state.classes[label] != nil || state.classes.count < Self.mostClasses
      step(&state.classes[isKnown ? label : Self.others[...], default: LockStatistics()])
    }
  }

  func renewed() { renewals.add(1, ordering: .relaxed) }
  func renewalFailed() { renewalFailures.add(1, ordering: .relaxed) }

  /// The class of a lock: its name up to the first digit or colon.
  static func label(of name: LockName) -> Substring {
    let bytes = name.text.utf8
    let end = bytes.firstIndex {
      $0 == UInt8(ascii: ":") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
    }
    return name.text[..<(end ?? bytes.endIndex)]
  }
}

extension LeaseLoss {
  /// What it is counted as.
  var label: String {
    switch self {
    case .expired: "expired"
    case .holdLimit: "hold_limit"
    case .disconnected: "disconnected"
    case .revoked: "revoked"
    case .stolen: "stolen"
    case .backendReset: "backend_reset"
    }
  }
}
