/// Why a channel did not take an element; the element is still the sender's.
///
/// A cancelled send throws `CancellationError` instead.
public struct ChannelError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What stood in the way.
  public enum Reason: Sendable, Hashable {
    /// The channel was finished before there was room.
    case finished
    /// There is no room, and as many senders as may wait were waiting.
    case tooManySenders(waiting: Int)
  }

  /// The name the channel was given.
  public let name: String
  /// What stood in the way.
  public let reason: Reason

  /// What happened, and what to do.
  public var description: String {
    switch reason {
    case .finished:
      "\(name): it is finished and takes no more elements; stop sending"
    case .tooManySenders(let waiting):
      "\(name): it is full and \(waiting) senders wait already; try again later"
    }
  }

  @usableFromInline
  init(name: String, reason: Reason) {
    self.name = name
    self.reason = reason
  }
}
