/// A queue between tasks that makes senders wait while it is full.
///
/// `AsyncStream` either grows without bound or drops; this channel does neither unless asked to. It
/// takes many senders and many receivers; each element is received once, by one of them.
///
/// ```swift
/// let frames = BoundedChannel<Frame>(capacity: 64, name: "received frames")
/// async let producer: Void = { for await frame in radio { try await frames.send(frame) } }()
/// for await frame in frames { handle(frame) }
/// ```
///
/// *Fairness:* strict in both directions: elements leave in the order in which they were taken,
/// senders that wait are served in the order in which they came, and so are receivers.
///
/// *Cancellation:* an element is never lost or received twice. A cancelled send throws and its
/// element is not in the channel; one whose element has been taken returns normally. A cancelled
/// receive leaves the elements where they are; one that has been given an element returns it.
///
/// *Complexity:* constant, and without an allocation while nobody waits.
public final class BoundedChannel<Element: Sendable>: AsyncSequence, Sendable {
  /// What became of an element given to ``trySend(_:)``.
  public enum SendVerdict: Sendable, Hashable {
    /// The channel has it.
    case accepted
    /// There was no room; the sender still has it.
    case overflow
    /// The channel is finished; the sender still has it.
    case finished
  }

  @usableFromInline let name: String
  @usableFromInline let waitingLimit: Int
  @usableFromInline let state: Guarded<ChannelState<Element>>

  /// Makes a channel.
  ///
  /// - Parameters:
  ///   - capacity: how many elements it holds, at least one.
  ///   - name: what errors call it.
  ///   - waitingLimit: how many senders may wait for room; one more is refused.
  @inlinable
  public init(capacity: Int, name: String = "channel", waitingLimit: Int = 65_536) {
    self.name = name
    self.waitingLimit = waitingLimit
    state = Guarded(ChannelState(capacity: capacity))
  }

  /// What has happened so far, and how things stand.
  public var statistics: ChannelStatistics { state.withLock { $0.machine.statistics } }

  /// Hands an element over, waiting for room.
  ///
  /// - Throws: ``ChannelError`` when the channel is finished before it has taken the element, or too
  ///   many senders wait; `CancellationError` when cancelled before. The element is then not in it.
  @inlinable
  public func send(_ element: Element) async throws {
    try Task.checkCancellation()
    let (offer, wakeup) = state.withLock { $0.offer(element, orWait: waitingLimit) }
    wakeup?.perform(at: self)
    switch offer {
    case .taken:
      return
    case .finished:
      throw ChannelError(name: name, reason: .finished)
    case .refused(let waiting):
      throw ChannelError(name: name, reason: .tooManySenders(waiting: waiting))
    case .waiting(let ticket):
      let outcome = await withTaskCancellationHandler {
        await unsafe withUnsafeContinuation { continuation in
          state.withLock { unsafe $0.senders.park(ticket, continuation) }?.perform(at: self)
        }
      } onCancel: {
        state.withLock { state in
          state.machine.cancelSend(ticket) ? state.senders.conclude(ticket, .cancelled) : nil
        }?.perform(at: self)
      }
      WaitTable<ChannelState<Element>.SendOutcome>.noteResumption(at: self)
      switch outcome {
      case .accepted: return
      case .cancelled: throw CancellationError()
      case .finished: throw ChannelError(name: name, reason: .finished)
      }
    }
  }

  /// Hands an element over if there is room for it now.
  ///
  /// - Returns: whether the channel has it.
  @inlinable
  public func trySend(_ element: Element) -> SendVerdict {
    let (offer, wakeup) = state.withLock { $0.offer(element, orWait: nil) }
    wakeup?.perform(at: self)
    switch offer {
    case .taken: return .accepted
    case .finished: return .finished
    case .refused, .waiting: return .overflow
    }
  }

  /// Takes the oldest element out, waiting for one.
  ///
  /// - Returns: the element; nil when the channel is finished and empty.
  /// - Throws: `CancellationError` when cancelled before an element is there.
  @inlinable
  public func receive() async throws -> Element? {
    try Task.checkCancellation()
    let (supply, wakeup) = state.withLock { $0.receive() }
    wakeup?.perform(at: self)
    switch supply {
    case .element(let element):
      return element
    case .finished:
      return nil
    case .waiting(let ticket):
      let outcome = await withTaskCancellationHandler {
        await unsafe withUnsafeContinuation { continuation in
          state.withLock { unsafe $0.receivers.park(ticket, continuation) }?.perform(at: self)
        }
      } onCancel: {
        state.withLock { state in
          state.machine.cancelReceive(ticket) ? state.receivers.conclude(ticket, .cancelled) : nil
        }?.perform(at: self)
      }
      WaitTable<ChannelState<Element>.ReceiveOutcome>.noteResumption(at: self)
      switch outcome {
      case .element(let element): return element
      case .cancelled: throw CancellationError()
      case .finished: return nil
      }
    }
  }

  /// Takes no more elements.
  ///
  /// What is buffered can still be received; then every receive returns nil. Senders that wait for
  /// room throw and keep their elements. Repeating it does nothing.
  @inlinable
  public func finish() {
    let (receivers, senders) = state.withLock { state in
      let waiters = state.machine.finish()
      return (
        waiters.receivers.compactMap { state.receivers.conclude($0, .finished) },
        waiters.senders.compactMap { state.senders.conclude($0, .finished) }
      )
    }
    for wakeup in receivers { wakeup.perform(at: self) }
    for wakeup in senders { wakeup.perform(at: self) }
  }

  /// Receives one element after the other.
  public struct Iterator: AsyncIteratorProtocol {
    @usableFromInline let channel: BoundedChannel

    @inlinable
    init(channel: BoundedChannel) {
      self.channel = channel
    }

    /// Takes the oldest element out, waiting for one.
    ///
    /// - Returns: the element; nil when the channel is finished and empty, or the task is cancelled.
    @inlinable
    public func next(isolation actor: isolated (any Actor)?) async -> Element? {
      // A receive fails by cancellation only, which ends the loop as it does for `AsyncStream`.
      try? await channel.receive()
    }

    /// Takes the oldest element out, waiting for one.
    ///
    /// - Returns: the element; nil when the channel is finished and empty, or the task is cancelled.
    @inlinable
    public func next() async -> Element? { try? await channel.receive() }
  }

  /// Makes an iterator; several share the elements.
  @inlinable
  public func makeAsyncIterator() -> Iterator { Iterator(channel: self) }
}
