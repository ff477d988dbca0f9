internal import Interlock
internal import Synchronization

/// What a client counts.
final class LockMetrics: Sendable {
  /// More classes than this are counted together: a name made of a number must not fill the memory.
  private static let mostClasses = 64
  private static let others = "other"

  private struct State: Sendable {
    /// Where each class is in `statistics`.
    var places: [Substring: Int] = [:]
    var statistics: [LockStatistics] = []
    /// The same for names seen of late, each in the one place that its digest gives it.
    var recent = [(name: LockName, place: Int)?](repeating: nil, count: 64)

    mutating func place(of name: LockName) -> Int {
      let index = name.digest & (recent.count - 1)
      if let recent = recent[index], recent.name == name { return recent.place }
      let own = LockMetrics.label(of: name)
      let isKnown = places[own] != nil || places.count < LockMetrics.mostClasses
      let label = isKnown ? own : LockMetrics.others[...]
      let place = places[label] ?? statistics.count
      if place == statistics.count { statistics.append(LockStatistics()) }
      places[label] = place
      recent[index] = (name, place)
      return place
    }
  }

  private let state = Guarded(State())
  private let renewals = Atomic<Int>(0)
  private let renewalFailures = Atomic<Int>(0)

  /// By class of lock.
  var classes: [String: LockStatistics] {
    let state = state.withLock { $0 }
    return Dictionary(
      uniqueKeysWithValues: state.places.map { (String($0.key), state.statistics[$0.value]) })
  }

  /// Leases renewed, and renewals that got no answer.
  var renewalCounts: (renewals: Int, failures: Int) {
    (renewals.load(ordering: .relaxed), renewalFailures.load(ordering: .relaxed))
  }

  /// Counts something of locks of this name.
  func count(_ name: LockName, _ step: (inout LockStatistics) -> Void) {
    state.withLock { state in
      let place = state.place(of: name)
      step(&state.statistics[place])
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
