/// Bytes in flight, each with an identifier that is never used again and an owner.
///
/// `CreditLedger` of the streams takes its place. What is released never comes back: there is no way to put an
/// entry in but to take credit anew.
struct CreditLedgerModel: Sendable {
  private struct Entry: Sendable {
    let owner: Int
    let bytes: Int
  }

  private var entries: [Int: Entry] = [:]
  private var nextID = 1
  private(set) var taken = 0
  private(set) var released = 0

  var outstanding: Int { taken - released }
  var held: Int { entries.values.reduce(0) { $0 + $1.bytes } }

  mutating func take(_ bytes: Int, for owner: Int) -> Int {
    defer { nextID += 1 }
    entries[nextID] = Entry(owner: owner, bytes: bytes)
    taken += bytes
    return nextID
  }

  /// How many bytes are to be sent again, the entry staying where it is; nil when it was released.
  func resend(_ id: Int) -> Int? { entries[id]?.bytes }

  mutating func acknowledge(_ id: Int) {
    guard let entry = entries.removeValue(forKey: id) else { return }
    released += entry.bytes
  }

  /// Releases all that an owner holds; doing it twice releases nothing more.
  mutating func drop(_ owner: Int) {
    for (id, entry) in entries where entry.owner == owner {
      entries[id] = nil
      released += entry.bytes
    }
  }
}
