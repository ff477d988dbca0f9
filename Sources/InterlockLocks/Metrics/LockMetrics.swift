internal import Interlock
internal import Synchronization

/// What a client counts.
final class LockMetrics: Sendable {
  /// What is counted of one class of locks.
  final class Slot: Sendable {
    private let statistics = Guarded(LockStatistics())
    var value: LockStatistics { statistics.withLock { $0 } }
    func count(_ step: (inout LockStatistics) -> Void) { statistics.withLock { step(&$0) } }
  }

  /// More classes than this are counted together: a name made of a number must not fill the memory.
  private static let mostClasses = 64
  private static let others = "other"

  private let slots = Guarded([Substring: Slot]())
  private let renewals = Atomic<Int>(0)
  private let renewalFailures = Atomic<Int>(0)

  /// By class of lock.
  var classes: [String: LockStatistics] {
    let slots = slots.withLock { $0 }
    return Dictionary(uniqueKeysWithValues: slots.map { (String($0.key), $0.value.value) })
  }

  /// Leases renewed, and renewals that got no answer.
  var renewalCounts: (renewals: Int, failures: Int) {
    (renewals.load(ordering: .relaxed), renewalFailures.load(ordering: .relaxed))
  }

  /// Where locks of this name are counted.
  func slot(of name: LockName) -> Slot {
    let label = Self.label(of: name)
    return slots.withLock { slots in
      if let slot = slots[label] { return slot }
      let label = slots.count < Self.mostClasses ? label : Self.others[...]
      let slot = slots[label] ?? Slot()
      slots[label] = slot
      return slot
    }
  }

  /// Counts something.
  func count(_ name: LockName, _ step: (inout LockStatistics) -> Void) {
    slot(of: name).count(step)
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
