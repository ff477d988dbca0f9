internal import Interlock
internal import InterlockLocks
internal import InterlockSystem

/// What can be seen of a lock from outside; looking changes nothing.
///
/// It opens the file anew: to the kernel that is another owner, so the locks of this process are seen as those of all
/// others are.
struct Inspection {
  struct Holder {
    let ticket: UInt64
    let holder: LockHolder
  }

  struct Waiter {
    let ticket: UInt64
    let waiter: LockWaiter
  }

  /// So many locked ranges are looked at; a longer line is not told to its end.
  private static let limit = 4096

  private(set) var holders: [Holder] = []
  private(set) var waiters: [Waiter] = []
  private(set) var fence: Fence?
  private(set) var disagreements: [String] = []

  /// Looks at a lock's file; nil when there is none.
  ///
  /// - Throws: `SystemError`, ``LockFileFault``.
  init?(_ path: String, _ name: LockName, _ place: LockPlace) throws {
    guard let descriptor = try Self.open(path) else { return nil }
    guard let status = FileStatus(of: descriptor) else { throw SystemError("look at", path) }
    guard status.size >= Layout.fileSize else {
      disagreements = ["\(path) has \(status.size) bytes; it will be made whole when it is used"]
      return
    }
    let map = try SharedMapping(descriptor, length: Layout.fileSize, isWritable: false, path)
    switch map.load(Layout.magicAt) {
    case Layout.magic: break
    case 0: return
    default: throw LockFileFault.foreign
    }
    let last = max(map.load(Layout.floorAt), map.load(Layout.counterAt) &- 1)
    fence = last > 0 ? Fence(last) : nil
    try look(descriptor, map, place)
    compare(status, map, place)
  }

  private static func open(_ path: String) throws(SystemError) -> FileDescriptor? {
    do {
      return try .file(path, .reading)
    } catch {
      guard error.isMissing else { throw error }
      return nil
    }
  }

  private mutating func look(
    _ descriptor: borrowing FileDescriptor, _ map: SharedMapping, _ place: LockPlace
  ) throws(SystemError) {
    let ousted = Set(
      (0..<Layout.oustedCount).map { map.load(Layout.oustedAt($0)) }.filter { $0 != 0 })
    let counter = map.load(Layout.counterAt)
    let line = try Self.walk(descriptor, from: TicketRange.base, to: TicketRange.end)
    let permits = try Self.walk(
      descriptor, from: TicketRange.permitBase, to: TicketRange.permitEnd)
    let slots = map.slots()
    let now = place.clock.now
    let host = place.session.owner.host
    for lock in permits {
      let ticket = Self.ticket(ofPermits: TicketRange.permitKey(of: lock), before: counter)
      guard !ousted.contains(ticket) else { continue }
      let holder =
        slots[ticket]?.holder(at: now, host: host)
        ?? LockHolder(
          token: Self.token(ticket), owner: nil,
          mode: .permits(
            Int(lock.length), of: max(Int(lock.length), Int(map.load(Layout.formAt)) - 1)),
          fence: Fence(ticket), isAlive: true)
      holders.append(Holder(ticket: ticket, holder: holder))
    }
    var isOpen = permits.isEmpty
    for lock in line {
      guard
        let tickets = TicketRange.tickets(in: lock, from: TicketRange.base, to: TicketRange.end)
      else { continue }
      for ticket in tickets where !ousted.contains(ticket) {
        let record = slots[ticket]
        let mode = record?.mode ?? (lock.kind == .shared ? .shared : .exclusive)
        let isFirst = holders.isEmpty
        let shares = lock.kind == .shared
        if isOpen, mode.limit == nil, isFirst || shares {
          let holder =
            record?.holder(at: now, host: host)
            ?? LockHolder(token: Self.token(ticket), owner: nil, mode: mode, isAlive: true)
          holders.append(Holder(ticket: ticket, holder: holder))
          isOpen = shares
        } else {
          let waiter =
            record?.waiter(at: now, host: host)
            ?? LockWaiter(token: Self.token(ticket), owner: nil, mode: mode, isAlive: true)
          waiters.append(Waiter(ticket: ticket, waiter: waiter))
          isOpen = false
        }
      }
    }
  }

  private static func walk(
    _ descriptor: borrowing FileDescriptor, from low: Int64, to high: Int64
  ) throws(SystemError) -> [RecordLock] {
    var walk = RangeWalk(from: low, to: high, limit: limit)
    while let question = walk.next() { walk.answer(try descriptor.conflict(with: question)) }
    return walk.found
  }

  /// The latest ticket that was given whose permits these can be.
  private static func ticket(ofPermits key: UInt64, before counter: UInt64) -> UInt64 {
    let period: UInt64 = 1 << 40
    let ticket = counter / period * period + key
    return ticket < counter || ticket < period ? ticket : ticket - period
  }

  /// What one goes by of whom nothing is recorded but its ticket.
  private static func token(_ ticket: UInt64) -> String { "ticket:\(ticket)" }

  private mutating func compare(_ status: FileStatus, _ map: SharedMapping, _ place: LockPlace) {
    if status.mode != place.mode {
      let (found, wanted) = (String(status.mode, radix: 8), String(place.mode, radix: 8))
      disagreements.append("its permissions are \(found), not \(wanted)")
    }
    if status.owner != place.owner {
      disagreements.append(
        "it belongs to user \(status.owner), and its folder to user \(place.owner)")
    }
    let boot = map.read(2, at: Layout.bootAt)
    if boot != [place.boot.high, place.boot.low], !holders.isEmpty || !waiters.isEmpty {
      disagreements.append("another machine, or another start of this one, has opened it since")
    }
    let counter = map.load(Layout.counterAt)
    let tickets = holders.map(\.ticket) + waiters.map(\.ticket)
    if let last = tickets.max(), last >= counter {
      disagreements.append("ticket \(last) is in use, and the counter says \(counter)")
    }
    for holder in holders where holder.holder.isAlive == false {
      disagreements.append(
        "it is held by a copy of a descriptor of process \(holder.holder.owner?.process ?? 0),"
          + " which has ended")
    }
    if holders.count > 1,
      let alone = holders.first(where: { $0.holder.mode == .exclusive })
    {
      disagreements.append("\(alone.holder.token) has it alone, and others are inside")
    }
  }
}
