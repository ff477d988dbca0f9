/// Why a mutex or a semaphore did not admit a request.
///
/// A cancelled request throws `CancellationError` instead.
public struct AdmissionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What stood in the way.
  public enum Reason: Sendable, Hashable {
    /// The deadline passed after `waited`, with `ahead` requests still ahead in line and `inUse` of
    /// `capacity` permits held by others.
    case timedOut(waited: Duration, ahead: Int, inUse: Int, capacity: Int)
    /// As many requests as may wait were waiting.
    case queueFull(waiting: Int)
    /// More permits were asked for than there are; this can never be admitted.
    case exceedsCapacity(requested: Int, capacity: Int)
  }

  /// The name the guard was given.
  public let name: String
  /// What stood in the way.
  public let reason: Reason

  /// What happened, in numbers, and what to do.
  public var description: String {
    switch reason {
    case .timedOut(let waited, let ahead, let inUse, let capacity):
      let held = capacity == 1 ? "it is held" : "\(inUse) of \(capacity) permits are held"
      return """
        \(name): the deadline passed after \(waited) of waiting: \(held) and \(ahead) \
        \(ahead == 1 ? "request is" : "requests are") ahead; wait longer, or hold it for less
        """
    case .queueFull(let waiting):
      return "\(name): \(waiting) requests wait already and no more may; try again later"
    case .exceedsCapacity(let requested, let capacity):
      return "\(name): \(requested) permits were asked for and there are \(capacity); ask for less"
    }
  }
}
