/// What a body wants to hold all the time, and what it wants to come true in time.
struct Promises: Sendable {
  private struct Invariant {
    let name: String
    let holds: @Sendable () -> Bool
  }

  private struct Progress {
    let name: String
    /// Virtual nanoseconds.
    let deadline: Int64
    let holds: @Sendable () -> Bool
  }

  private var invariants: [Invariant] = []
  private var progress: [Progress] = []

  var isEmpty: Bool { invariants.isEmpty && progress.isEmpty }

  mutating func removeAll() {
    invariants.removeAll(keepingCapacity: true)
    progress.removeAll(keepingCapacity: true)
  }

  mutating func always(_ name: String, _ holds: @escaping @Sendable () -> Bool) {
    invariants.append(Invariant(name: name, holds: holds))
  }

  mutating func eventually(
    _ name: String, by deadline: Int64, _ holds: @escaping @Sendable () -> Bool
  ) {
    progress.append(Progress(name: name, deadline: deadline, holds: holds))
  }

  /// What is broken after a step; nil when nothing is.
  func broken() -> String? {
    invariants.first { !$0.holds() }.map { "\($0.name) does not hold" }
  }

  /// What has come true is waited for no longer.
  mutating func drop(_ places: [Int]) {
    for place in places.reversed() { progress.remove(at: place) }
  }

  /// The places of what has come true.
  var kept: [Int] { progress.indices.filter { progress[$0].holds() } }

  /// What will be too late when the time is `next`; nil when nothing is.
  func missed(by next: Int64) -> String? {
    progress.first { next > $0.deadline && !$0.holds() }
      .map { "\($0.name) did not come true in time" }
  }

  /// What never came true, once the run is over.
  func unmet() -> String? {
    progress.first { !$0.holds() }.map { "\($0.name) never came true" }
  }
}
