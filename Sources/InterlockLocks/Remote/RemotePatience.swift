/// Whether callers wait for their answers: pure.
///
/// Each answer that did not come in time makes twice as many of the next calls not wait for theirs, up to a thousand: with a
/// server that is far away, or busy, that is as good as never.
package struct RemotePatience: Sendable {
  /// A thread of the pool that is kept so long is not missed.
  package static let longest = Duration.microseconds(500)
  private static let mostMisses = 10

  private var misses = 0
  /// Calls that do not wait.
  private var passes = 0

  /// All wait.
  package init() {}

  /// Whether the next call waits for its answer.
  package mutating func waits() -> Bool {
    guard passes > 0 else { return true }
    passes -= 1
    return false
  }

  /// A call that waited has its answer, or has not.
  package mutating func ended(wasAnswered: Bool) {
    misses = wasAnswered ? 0 : min(misses + 1, Self.mostMisses)
    passes = (1 << misses) - 1
  }
}
