/// Decides who hands which element to whom in a ``BoundedChannel``.
///
/// A pure machine: it names by tickets those who must wait, and says which of them each step ends.
/// An element is always in exactly one place: with its sender, in the buffer, or with a receiver.
///
/// *Invariants:* receivers wait only while the buffer is empty; senders wait only while it is full;
/// `sent == received + buffered`.
@usableFromInline
package struct ChannelMachine<Element> {
  /// What became of an element that was offered.
  @usableFromInline
  package enum Offer {
    /// It is in the buffer.
    case buffered
    /// It belongs to this waiting receiver.
    case delivered(to: Ticket)
    /// There is no room; the element is still the sender's.
    case full
    /// No more elements are taken; the element is still the sender's.
    case finished
  }

  /// What a receiver gets.
  @usableFromInline
  package enum Supply {
    /// An element; this waiting sender's element took its room, so its wait is over.
    case element(Element, accepts: Ticket?)
    /// There is nothing now.
    case empty
    /// There is nothing, and there will be nothing.
    case finished
  }

  @usableFromInline
  package let capacity: Int
  @usableFromInline var buffer = Deque<Element>()
  @usableFromInline var receivers = TicketQueue<Void>()
  @usableFromInline var senders = TicketQueue<Element>()
  @usableFromInline var counts = ChannelStatistics()
  @usableFromInline var isFinished = false

  @inlinable
  package init(capacity: Int) {
    precondition(capacity > 0, "a channel needs room for at least one element, not \(capacity)")
    self.capacity = capacity
  }

  @inlinable
  package var waitingSenders: Int { senders.lineCount }

  package var statistics: ChannelStatistics {
    var statistics = counts
    statistics.buffered = buffer.count
    statistics.waitingSenders = senders.lineCount
    statistics.waitingReceivers = receivers.lineCount
    return statistics
  }

  /// Takes an element if there is a receiver or room for it.
  @inlinable
  package mutating func offer(_ element: Element) -> Offer {
    guard !isFinished else { return .finished }
    if let receiver = receivers.first {
      receivers.remove(receiver)
      counts.noteSent(backlog: 0)
      counts.noteReceived()
      return .delivered(to: receiver)
    }
    guard buffer.count < capacity else { return .full }
    accept(element)
    return .buffered
  }

  /// Counts an element that its sender kept because there was no room.
  @inlinable
  package mutating func noteOverflow() { counts.noteOverflow() }

  /// Puts a sender in line with its element, after an offer that found the channel full.
  @inlinable
  package mutating func waitToSend(_ element: Element) -> Ticket {
    precondition(buffer.count == capacity && !isFinished, "a sender waits only while it is full")
    let ticket = senders.append(element)
    counts.noteWaitingSenders(senders.lineCount)
    return ticket
  }

  /// Hands out the oldest element.
  @inlinable
  package mutating func receive() -> Supply {
    guard let element = buffer.popFirst() else { return isFinished ? .finished : .empty }
    counts.noteReceived()
    guard let sender = senders.first, let next = senders.remove(sender) else {
      return .element(element, accepts: nil)
    }
    accept(next)
    return .element(element, accepts: sender)
  }

  /// Puts a receiver in line, after it found the channel empty.
  @inlinable
  package mutating func waitToReceive() -> Ticket {
    precondition(buffer.isEmpty && !isFinished, "a receiver waits only while it is empty")
    return receivers.append(())
  }

  /// Takes a waiting sender out of the line; its element goes with it.
  ///
  /// - Returns: false when its element had been accepted: then it is in the channel.
  @inlinable
  package mutating func cancelSend(_ ticket: Ticket) -> Bool {
    guard senders.remove(ticket) != nil else { return false }
    counts.noteCancelledSend()
    return true
  }

  /// Takes a waiting receiver out of the line.
  ///
  /// - Returns: false when it had been given an element: then it must return it.
  @inlinable
  package mutating func cancelReceive(_ ticket: Ticket) -> Bool {
    guard receivers.remove(ticket) != nil else { return false }
    counts.noteCancelledReceive()
    return true
  }

  /// Takes no more elements; what is buffered can still be received.
  ///
  /// - Returns: the receivers and the senders who wait in vain. The senders keep their elements.
  @inlinable
  package mutating func finish() -> (receivers: [Ticket], senders: [Ticket]) {
    isFinished = true
    var answer: (receivers: [Ticket], senders: [Ticket]) = ([], [])
    while let receiver = receivers.first {
      receivers.remove(receiver)
      answer.receivers.append(receiver)
    }
    while let sender = senders.first {
      senders.remove(sender)
      answer.senders.append(sender)
    }
    return answer
  }

  @inlinable
  mutating func accept(_ element: Element) {
    buffer.append(element)
    counts.noteSent(backlog: buffer.count)
  }
}

extension ChannelMachine: Sendable where Element: Sendable {}
