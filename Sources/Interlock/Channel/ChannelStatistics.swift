/// What happened in a channel since it was made, and how things stand.
///
/// `sent == received + buffered` at every moment.
public struct ChannelStatistics: Sendable, Hashable {
  /// Elements the channel has taken.
  public internal(set) var sent = 0
  /// Elements handed to a receiver.
  public internal(set) var received = 0
  /// Elements not taken because there was no room and their sender would or could not wait.
  public internal(set) var overflowed = 0
  /// Sends given up by cancellation while they waited; the channel did not take their elements.
  public internal(set) var cancelledSends = 0
  /// Receives given up by cancellation while they waited.
  public internal(set) var cancelledReceives = 0
  /// The largest number of elements that were ever buffered.
  public internal(set) var longestBacklog = 0
  /// The largest number of senders that ever waited at once.
  public internal(set) var longestSenderQueue = 0
  /// Elements in the buffer now.
  public internal(set) var buffered = 0
  /// Senders that wait for room now.
  public internal(set) var waitingSenders = 0
  /// Receivers that wait for an element now.
  public internal(set) var waitingReceivers = 0

  // The channel is generic and inlined into its clients; what may be counted there is this.

  @usableFromInline
  init() {}

  @usableFromInline
  mutating func noteSent(backlog: Int) {
    sent += 1
    longestBacklog = max(longestBacklog, backlog)
  }

  @usableFromInline
  mutating func noteReceived() { received += 1 }

  @usableFromInline
  mutating func noteOverflow() { overflowed += 1 }

  @usableFromInline
  mutating func noteWaitingSenders(_ count: Int) {
    longestSenderQueue = max(longestSenderQueue, count)
  }

  @usableFromInline
  mutating func noteCancelledSend() { cancelledSends += 1 }

  @usableFromInline
  mutating func noteCancelledReceive() { cancelledReceives += 1 }
}
