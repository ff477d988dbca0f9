/// What a ``BoundedChannel`` guards: the machine that decides and the tasks it decides about.
@usableFromInline
struct ChannelState<Element: Sendable>: Sendable {
  @usableFromInline
  enum SendOutcome: Sendable { case accepted, cancelled, finished }
  @usableFromInline
  enum ReceiveOutcome: Sendable { case element(Element), cancelled, finished }

  @usableFromInline
  enum Offer { case taken, waiting(Ticket), refused(waiting: Int), finished }
  @usableFromInline
  enum Supply { case element(Element), waiting(Ticket), finished }

  @usableFromInline var machine: ChannelMachine<Element>
  @usableFromInline var senders = WaitTable<SendOutcome>()
  @usableFromInline var receivers = WaitTable<ReceiveOutcome>()

  @inlinable
  init(capacity: Int) {
    machine = ChannelMachine(capacity: capacity)
  }

  /// Takes the element, or puts its sender in line if it may wait and fewer than the limit do.
  @inlinable
  mutating func offer(
    _ element: Element, orWait waitingLimit: Int?
  ) -> (Offer, WaitTable<ReceiveOutcome>.Wakeup?) {
    switch machine.offer(element) {
    case .buffered:
      return (.taken, nil)
    case .delivered(let receiver):
      return (.taken, receivers.conclude(receiver, .element(element)))
    case .finished:
      return (.finished, nil)
    case .full:
      guard let waitingLimit, machine.waitingSenders < waitingLimit else {
        machine.noteOverflow()
        return (.refused(waiting: machine.waitingSenders), nil)
      }
      let ticket = machine.waitToSend(element)
      senders.expect(ticket)
      return (.waiting(ticket), nil)
    }
  }

  /// Takes an element out, or puts the receiver in line.
  @inlinable
  mutating func receive() -> (Supply, WaitTable<SendOutcome>.Wakeup?) {
    switch machine.receive() {
    case .element(let element, let sender):
      return (.element(element), sender.flatMap { senders.conclude($0, .accepted) })
    case .finished:
      return (.finished, nil)
    case .empty:
      let ticket = machine.waitToReceive()
      receivers.expect(ticket)
      return (.waiting(ticket), nil)
    }
  }
}
