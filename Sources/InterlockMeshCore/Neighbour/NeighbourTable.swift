public import Interlock

/// A repeater that this node hears without anyone in between.
public struct Neighbour: Sendable, Hashable {
  /// Its key, or the first 8 bytes of it where it told no more.
  public let key: [UInt8]
  /// The name it announced.
  public var name: String?
  /// Where it says it is.
  public var location: AdvertData.Location?
  /// When it was heard last.
  public var lastHeard: Instant
  /// The signal it was heard with last, in quarters of a decibel.
  public var snrQuarterDB: Int?
  /// The strength it was heard with last, in dBm.
  public var rssiDBm: Int?
  /// How often it was heard.
  public var heardCount = 1
}

/// The neighbours of a node; when full, the one heard least recently makes room.
public struct NeighbourTable: Sendable {
  /// The most neighbours it holds, at least one; with less room those heard least recently go.
  public var capacity: Int {
    didSet {
      capacity = max(1, capacity)
      guard neighbours.count > capacity else { return }
      neighbours.sort { $0.lastHeard > $1.lastHeard }
      neighbours.removeLast(neighbours.count - capacity)
    }
  }
  /// The neighbours, in no particular order.
  public private(set) var neighbours: [Neighbour] = []

  /// Makes an empty table for at least one neighbour.
  public init(capacity: Int) {
    self.capacity = max(1, capacity)
  }

  /// Takes note of a neighbour; what it does not tell this time stays as it was.
  ///
  /// A prefix and a key that begins with it are one neighbour.
  mutating func heard(_ neighbour: Neighbour) {
    let index = neighbours.firstIndex { known in
      known.key.starts(with: neighbour.key) || neighbour.key.starts(with: known.key)
    }
    if let index {
      let known = neighbours[index]
      let key = known.key.count >= neighbour.key.count ? known.key : neighbour.key
      neighbours[index] = Neighbour(
        key: key, name: neighbour.name ?? known.name,
        location: neighbour.location ?? known.location, lastHeard: neighbour.lastHeard,
        snrQuarterDB: neighbour.snrQuarterDB, rssiDBm: neighbour.rssiDBm,
        heardCount: known.heardCount + 1)
    } else if neighbours.count < capacity {
      neighbours.append(neighbour)
    } else if let oldest = neighbours.indices.min(by: {
      neighbours[$0].lastHeard < neighbours[$1].lastHeard
    }) {
      neighbours[oldest] = neighbour
    }
  }

  /// Forgets neighbours whose key begins with `prefix`.
  mutating func remove(prefix: [UInt8]) {
    neighbours.removeAll { $0.key.starts(with: prefix) }
  }
}
