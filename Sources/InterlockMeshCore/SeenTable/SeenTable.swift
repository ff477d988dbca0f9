public import Interlock

/// The packets this node has accepted: what makes another copy of one a duplicate.
///
/// It holds a fixed number of hashes for a fixed time. A hit counts as seen anew; when the table is
/// full the hash seen least recently makes room. Checking and recording is one step, so two copies of
/// a packet cannot both be new.
///
/// Entries lie in one array and are linked by index, in a chain per bucket and in order of last use:
/// after the first `capacity` packets nothing is allocated any more.
///
/// - Complexity: O(1) for every operation. Buckets are chosen under a secret seed, so a sender who
///   picks his payloads cannot gather his packets in one chain.
public struct SeenTable: Sendable {
  /// The most hashes it holds.
  public let capacity: Int
  /// How long a hash stays without being seen again.
  public var expiry: Duration {
    didSet { expiryNanoseconds = expiry.nanoseconds }
  }
  /// The number of hashes it holds; expired ones count until they are met or replaced.
  public private(set) var count = 0

  private struct Entry {
    var hash: UInt64
    var lastSeen: Int64
    var note: UInt64
    /// Neighbours in order of last use, and the next entry of the same bucket (or the next free one).
    var newer: Int32
    var older: Int32
    var next: Int32
  }

  private static let none: Int32 = -1

  private var entries: [Entry] = []
  private var buckets: [Int32]
  private let bucketShift: UInt64
  private let seed: UInt64
  private var newest = none
  private var oldest = none
  private var free = none
  private var expiryNanoseconds: Int64

  /// Makes an empty table.
  ///
  /// - Parameters:
  ///   - capacity: The most hashes it holds, at least 1.
  ///   - expiry: How long a hash stays without being seen again.
  ///   - seed: Chooses the buckets; a sender must not know it.
  public init(capacity: Int, expiry: Duration, seed: UInt64) {
    let capacity = min(max(capacity, 1), 1 << 24)
    self.capacity = capacity
    self.expiry = expiry
    self.seed = seed
    expiryNanoseconds = expiry.nanoseconds
    let bits = UInt64(Int.bitWidth - (capacity * 2 - 1).leadingZeroBitCount)
    bucketShift = 64 - bits
    buckets = [Int32](repeating: Self.none, count: 1 << Int(bits))
    entries.reserveCapacity(capacity)
  }

  /// Records a hash unless it is there: the one step that decides whether a packet is new.
  ///
  /// A hash that is there is seen anew. `note` is kept with a new hash for whoever wants to find again
  /// what belongs to it.
  ///
  /// - Returns: Whether the hash was new.
  @discardableResult
  public mutating func insertIfAbsent(_ hash: PacketHash, note: UInt64 = 0, at now: Instant)
    -> Bool
  {
    if refresh(hash, at: now) != nil { return false }
    insertAbsent(hash, note: note, at: now)
    return true
  }

  /// Looks a hash up, which counts as seeing it again.
  ///
  /// - Returns: The note it was recorded with; nil when it is not there, or has expired.
  public mutating func refresh(_ hash: PacketHash, at now: Instant) -> UInt64? {
    let bucket = bucket(of: hash)
    var index = buckets[bucket]
    while index != Self.none {
      let position = Int(index)
      if entries[position].hash == hash.value {
        guard !isExpired(entries[position].lastSeen, at: now) else {
          remove(index, from: bucket)
          return nil
        }
        entries[position].lastSeen = now.nanoseconds
        if newest != index {
          unlinkFromOrder(index)
          linkAsNewest(index)
        }
        return entries[position].note
      }
      index = entries[position].next
    }
    return nil
  }

  /// Whether a hash is there, without counting as seeing it.
  public func contains(_ hash: PacketHash, at now: Instant) -> Bool {
    var index = buckets[bucket(of: hash)]
    while index != Self.none {
      let entry = entries[Int(index)]
      if entry.hash == hash.value { return !isExpired(entry.lastSeen, at: now) }
      index = entry.next
    }
    return false
  }

  /// Forgets a hash, so that another copy is new again, unless it was recorded anew with another note.
  ///
  /// - Returns: Whether it was there, with this note.
  @discardableResult
  public mutating func remove(_ hash: PacketHash, note: UInt64 = 0) -> Bool {
    let bucket = bucket(of: hash)
    var index = buckets[bucket]
    while index != Self.none {
      if entries[Int(index)].hash == hash.value {
        guard entries[Int(index)].note == note else { return false }
        remove(index, from: bucket)
        return true
      }
      index = entries[Int(index)].next
    }
    return false
  }

  /// The same hashes in a table of another size; where there is less room, those seen last.
  ///
  /// - Complexity: O(count + capacity).
  public func resized(to capacity: Int) -> SeenTable {
    var table = SeenTable(capacity: capacity, expiry: expiry, seed: seed)
    // From the oldest on: the order stays, and what finds no room is what would go next anyway.
    var index = oldest
    while index != Self.none {
      let entry = entries[Int(index)]
      table.insertAbsent(
        PacketHash(value: entry.hash), note: entry.note, at: Instant(nanoseconds: entry.lastSeen))
      index = entry.newer
    }
    return table
  }

  /// Records a hash that the same step has just found absent.
  mutating func insertAbsent(_ hash: PacketHash, note: UInt64, at now: Instant) {
    let index = takeSlot(at: now)
    let bucket = bucket(of: hash)
    let entry = Entry(
      hash: hash.value, lastSeen: now.nanoseconds, note: note, newer: Self.none,
      older: Self.none, next: buckets[bucket])
    if Int(index) == entries.count {
      entries.append(entry)
    } else {
      entries[Int(index)] = entry
    }
    buckets[bucket] = index
    linkAsNewest(index)
    count += 1
  }
}

extension SeenTable {
  /// The most entries any bucket has: how far from O(1) a lookup can be.
  package var longestChain: Int {
    buckets.reduce(0) { longest, head in
      max(longest, sequence(first: head) { entries[Int($0)].next }.prefix { $0 >= 0 }.count)
    }
  }

  /// A place for one more: of the expired first, then unused, then of the least recently seen.
  private mutating func takeSlot(at now: Instant) -> Int32 {
    if oldest != Self.none, isExpired(entries[Int(oldest)].lastSeen, at: now) || count == capacity {
      remove(oldest, from: bucket(of: PacketHash(value: entries[Int(oldest)].hash)))
    }
    guard free != Self.none else { return Int32(entries.count) }
    let index = free
    free = entries[Int(index)].next
    return index
  }

  private mutating func remove(_ index: Int32, from bucket: Int) {
    var link = buckets[bucket]
    if link == index {
      buckets[bucket] = entries[Int(index)].next
    } else {
      while entries[Int(link)].next != index { link = entries[Int(link)].next }
      entries[Int(link)].next = entries[Int(index)].next
    }
    unlinkFromOrder(index)
    entries[Int(index)].next = free
    free = index
    count -= 1
  }

  private mutating func linkAsNewest(_ index: Int32) {
    entries[Int(index)].older = newest
    entries[Int(index)].newer = Self.none
    if newest == Self.none { oldest = index } else { entries[Int(newest)].newer = index }
    newest = index
  }

  private mutating func unlinkFromOrder(_ index: Int32) {
    let (newer, older) = (entries[Int(index)].newer, entries[Int(index)].older)
    if newer == Self.none { newest = older } else { entries[Int(newer)].older = older }
    if older == Self.none { oldest = newer } else { entries[Int(older)].newer = newer }
  }

  private func isExpired(_ lastSeen: Int64, at now: Instant) -> Bool {
    Instant(nanoseconds: lastSeen).nanoseconds(to: now) >= expiryNanoseconds
  }

  private func bucket(of hash: PacketHash) -> Int {
    var mixed = hash.value ^ seed
    mixed = (mixed ^ (mixed >> 32)) &* 0xD6E8_FEB8_6659_FD93
    mixed = (mixed ^ (mixed >> 32)) &* 0xD6E8_FEB8_6659_FD93
    return Int(mixed >> bucketShift)
  }
}
