/// One place in a ``TicketQueue``, for as long as its entry is in it.
///
/// Numbers only grow, so a ticket that is used after its entry has gone names nothing, even when its
/// slot is in use again.
@usableFromInline
package struct Ticket: Sendable, Hashable {
  @usableFromInline
  package let number: UInt64
  @usableFromInline
  let slot: Int

  @inlinable
  init(number: UInt64, slot: Int) {
    self.number = number
    self.slot = slot
  }
}

/// Entries named by tickets, some of them standing in line in the order they joined.
///
/// An entry may leave the line from any place and stay in the table until it is removed.
///
/// *Complexity:* constant for every step (``position(of:)`` excepted); storage is as large as the
/// largest number of entries there ever was.
@usableFromInline
package struct TicketQueue<Element> {
  @usableFromInline
  struct Slot {
    /// The ticket's number; zero when the slot is free.
    @usableFromInline var number: UInt64
    @usableFromInline var element: Element?
    @usableFromInline var isInLine = false
    @usableFromInline var previous = -1
    /// The next in line, or the next free slot.
    @usableFromInline var next = -1

    @inlinable
    init(number: UInt64, element: Element) {
      self.number = number
      self.element = element
    }

    @inlinable static var none: Int { -1 }
  }

  @usableFromInline var slots: [Slot] = []
  @usableFromInline var firstFree = -1
  @usableFromInline var head = -1
  @usableFromInline var tail = -1
  @usableFromInline var issued: UInt64 = 0

  /// How many stand in line.
  @usableFromInline
  package internal(set) var lineCount = 0

  @inlinable
  package init() {}

  /// The ticket that has stood in line the longest.
  @inlinable
  package var first: Ticket? {
    head == Slot.none ? nil : Ticket(number: slots[head].number, slot: head)
  }

  /// The entry of a ticket; nil once it has been removed.
  @inlinable
  package subscript(ticket: Ticket) -> Element? {
    slots[ticket.slot].number == ticket.number ? slots[ticket.slot].element : nil
  }

  /// Adds an entry that does not stand in line.
  @inlinable
  package mutating func insert(_ element: Element) -> Ticket {
    issued += 1
    let slot: Int
    if firstFree == Slot.none {
      slot = slots.count
      slots.append(Slot(number: issued, element: element))
    } else {
      slot = firstFree
      firstFree = slots[slot].next
      slots[slot].number = issued
      slots[slot].element = element
      slots[slot].next = Slot.none
    }
    return Ticket(number: issued, slot: slot)
  }

  /// Adds an entry at the end of the line.
  @inlinable
  package mutating func append(_ element: Element) -> Ticket {
    let ticket = insert(element)
    slots[ticket.slot].isInLine = true
    slots[ticket.slot].previous = tail
    if tail == Slot.none { head = ticket.slot } else { slots[tail].next = ticket.slot }
    tail = ticket.slot
    lineCount += 1
    return ticket
  }

  /// Takes an entry out of the line, if it is there, and leaves it in the table.
  @inlinable
  package mutating func leaveLine(_ ticket: Ticket) {
    guard slots[ticket.slot].number == ticket.number, slots[ticket.slot].isInLine else { return }
    let (previous, next) = (slots[ticket.slot].previous, slots[ticket.slot].next)
    if previous == Slot.none { head = next } else { slots[previous].next = next }
    if next == Slot.none { tail = previous } else { slots[next].previous = previous }
    slots[ticket.slot].previous = Slot.none
    slots[ticket.slot].next = Slot.none
    slots[ticket.slot].isInLine = false
    lineCount -= 1
  }

  /// Gives an entry another value; does nothing once it has been removed.
  @inlinable
  package mutating func update(_ ticket: Ticket, to element: Element) {
    guard slots[ticket.slot].number == ticket.number else { return }
    slots[ticket.slot].element = element
  }

  /// Removes an entry, from the line too; nil when it had been removed before.
  @inlinable
  @discardableResult
  package mutating func remove(_ ticket: Ticket) -> Element? {
    guard slots[ticket.slot].number == ticket.number else { return nil }
    leaveLine(ticket)
    slots[ticket.slot].number = 0
    slots[ticket.slot].next = firstFree
    firstFree = ticket.slot
    return slots[ticket.slot].element.take()
  }

  /// How many stand in line before this ticket; nil when it does not stand in line.
  ///
  /// *Complexity:* linear in the answer.
  @inlinable
  package func position(of ticket: Ticket) -> Int? {
    guard slots[ticket.slot].number == ticket.number, slots[ticket.slot].isInLine else {
      return nil
    }
    var ahead = 0
    var slot = slots[ticket.slot].previous
    while slot != Slot.none {
      ahead += 1
      slot = slots[slot].previous
    }
    return ahead
  }
}

extension TicketQueue: Sendable where Element: Sendable {}
extension TicketQueue.Slot: Sendable where Element: Sendable {}
