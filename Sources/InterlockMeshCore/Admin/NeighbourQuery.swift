internal import Interlock
internal import InterlockWire

/// The parameters of a request for neighbours.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 1 | version, 0 |
/// | 1 | 1 | entries wanted |
/// | 2 | 2 | entries to leave out |
/// | 4 | 1 | order |
/// | 5 | 1 | bytes of key in each entry |
/// | 6 | 4 | random, so that repeats are distinct packets |
public struct NeighbourQuery: Sendable, Hashable {
  /// Which entries come first.
  public enum Order: UInt8, Sendable, Hashable, CaseIterable {
    /// Heard last.
    case newestFirst
    /// Heard longest ago.
    case oldestFirst
    /// Heard best.
    case strongestFirst
    /// Heard worst.
    case weakestFirst
  }

  /// The most bytes of entries in an answer.
  public static let maximumEntryBytes = 130

  /// Entries wanted.
  public var count: Int
  /// Entries to leave out.
  public var offset: Int
  /// Which come first.
  public var order: Order
  /// Bytes of key in each entry, at most 32.
  public var prefixBytes: Int

  /// A query.
  public init(count: Int, offset: Int = 0, order: Order = .newestFirst, prefixBytes: Int = 6) {
    self.count = count
    self.offset = offset
    self.order = order
    self.prefixBytes = min(max(prefixBytes, 0), PublicKey.byteCount)
  }

  /// Reads parameters; nil when they are of another version or order, or too short.
  public init?(parsing parameters: [UInt8]) {
    var reader = ByteReader(parameters)
    guard reader.uint8() == 0, let count = reader.uint8(), let offset = reader.uint16(),
      let order = reader.uint8().flatMap(Order.init(rawValue:)), let prefix = reader.uint8()
    else { return nil }
    self.init(count: Int(count), offset: Int(offset), order: order, prefixBytes: Int(prefix))
  }

  /// Answers the query.
  ///
  /// - Parameters:
  ///   - neighbours: All there are.
  ///   - room: Bytes the whole answer may have.
  ///   - now: The present instant.
  /// - Returns: total u16, entries u16, and of each entry the key prefix, the seconds since it was
  ///   heard u32, and its signal × 4 i8.
  func answer(from neighbours: [Neighbour], room: Int, at now: Instant) -> [UInt8] {
    let entryBytes = prefixBytes + 5
    let fitting = min(Self.maximumEntryBytes, room - 4) / entryBytes
    let page = sorted(neighbours).dropFirst(offset).prefix(min(count, max(0, fitting)))
    var writer = ByteWriter(capacity: 4 + page.count * entryBytes)
    writer.uint16(UInt16(clamping: neighbours.count))
    writer.uint16(UInt16(page.count))
    for neighbour in page {
      let key = neighbour.key.prefix(prefixBytes)
      writer.append(key)
      // Of some neighbours only the first bytes of the key are known.
      writer.append([UInt8](repeating: 0, count: prefixBytes - key.count))
      writer.uint32(neighbour.secondsAgo(at: now))
      writer.uint8(UInt8(bitPattern: Int8(clamping: neighbour.snrQuarterDB ?? 0)))
    }
    return writer.bytes
  }

  private func sorted(_ neighbours: [Neighbour]) -> [Neighbour] {
    neighbours.sorted { left, right in
      let (leftSignal, rightSignal) = (left.snrQuarterDB ?? .min, right.snrQuarterDB ?? .min)
      switch order {
      case .newestFirst where left.lastHeard != right.lastHeard:
        return left.lastHeard > right.lastHeard
      case .oldestFirst where left.lastHeard != right.lastHeard:
        return left.lastHeard < right.lastHeard
      case .strongestFirst where leftSignal != rightSignal: return leftSignal > rightSignal
      case .weakestFirst where leftSignal != rightSignal: return leftSignal < rightSignal
      // So that pages of one list fit together.
      case .newestFirst, .oldestFirst, .strongestFirst, .weakestFirst:
        return left.key.lexicographicallyPrecedes(right.key)
      }
    }
  }
}

extension Neighbour {
  func secondsAgo(at now: Instant) -> UInt32 {
    UInt32(clamping: lastHeard.nanoseconds(to: now) / 1_000_000_000)
  }
}
