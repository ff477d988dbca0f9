internal import Interlock
internal import InterlockMeshCore

/// What was said in a mesh, and who heard it: the world's knowledge, not a node's.
struct MessageBook: Sendable {
  enum Kind: Sendable, Hashable {
    case group
    case direct(to: Int, checksum: UInt32)
    case acknowledgement(of: Int)
    case trace(hops: Int)
    case advert
  }

  struct Entry: Sendable {
    let kind: Kind
    let origin: Int
    let sentAt: Instant
    var heardBy: Set<Int32> = []
  }

  private(set) var entries: [Entry] = []
  private var byHash: [PacketHash: Int] = [:]
  private var byTag: [UInt32: Int] = [:]

  @discardableResult
  mutating func add(
    _ kind: Kind, from origin: Int, hash: PacketHash? = nil, tag: UInt32? = nil, at now: Instant
  ) -> Int {
    entries.append(Entry(kind: kind, origin: origin, sentAt: now))
    let number = entries.count - 1
    if let hash { byHash[hash] = number }
    if let tag { byTag[tag] = number }
    return number
  }

  /// The message a packet is a copy of.
  func number(of hash: PacketHash) -> Int? { byHash[hash] }
  /// The probe with that tag.
  func number(ofTrace tag: UInt32) -> Int? { byTag[tag] }

  subscript(_ number: Int) -> Entry { entries[number] }

  /// Notes that a node heard a message; tells whether for the first time.
  mutating func heard(_ number: Int, by node: Int) -> Bool {
    entries[number].heardBy.insert(Int32(node)).inserted
  }
}
