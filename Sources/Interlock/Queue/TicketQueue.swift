/// One place in a ``TicketQueue``, for as long as its entry is in it.
///
/// Numbers only grow, so a ticket that is used after its entry has gone names nothing, even when its
/// slot is in use again.
@usableFromInline
package struct Ticket: Sendable, Hashable {
  package let number: UInt64
  let slot: Int
}

/// Entries named by tickets, some of them standing in line in the order they joined.
///
/// An entry may leave the line from any place and stay in the table until it is removed.
///
/// *Complexity:* constant for every step (``position(of:)`` excepted); storage is as large as the
/// largest number of entries there ever was.
package struct TicketQueue<Element> {
  fileprivate struct Slot {
    /// The ticket's number; zero when the slot is free.
    var number: UInt64 = 0
    var element: Element?
    var isInLine = false
    var previous = Self.none
    /// The next in line, or the next free slot.
    var next = Self.none

    static var none: Int { -1 }
  }

  private var slots: [Slot] = []
  private var firstFree = Slot.none
  private var head = Slot.none
  private var tail = Slot.none
  private var issued: UInt64 = 0

  /// How many stand in line.
  package private(set) var lineCount = 0

  package init() {}

  /// The ticket that has stood in line the longest.
  package var first: Ticket? {
    head == Slot.none ? nil : Ticket(number: slots[head].number, slot: head)
  }

  /// The entry of a ticket; nil once it has been removed.
  package subscript(ticket: Ticket) -> Element? {
    slots[ticket.slot].number == ticket.number ? slots[ticket.slot].element : nil
  }

  /// Adds an entry that does not stand in line.
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
  package mutating func update(_ ticket: Ticket, to element: Element) {
    guard slots[ticket.slot].number == ticket.number else { return }
    slots[ticket.slot].element = element
  }

  /// Removes an entry, from the line too; nil when it had been removed before.
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
