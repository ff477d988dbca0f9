public import Interlock
public import InterlockRadio

/// What was heard lately, copies folded into the packet they are copies of; bounded.
public struct RecentPackets: Sendable {
  /// One packet and what became of it.
  public struct Record: Sendable, Hashable {
    /// Grows by one with each record.
    public let sequence: UInt64
    /// The packet as it was heard.
    public let packet: Packet
    /// Its hash, where it was needed.
    public let hash: PacketHash?
    /// The signal it was heard with.
    public let snrQuarterDB: Int?
    /// The strength it was heard with.
    public let rssiDBm: Int?
    /// How well it was heard, 0…1.
    public let score: Double?
    /// When it was heard.
    public let receivedAt: Instant
    /// What was decided.
    public let verdict: Verdict
    /// The frame to pass on for it, if there is one; `transmission` tells what became of it.
    public let outgoingBytes: [UInt8]?
    /// The delay drawn for that frame.
    public let delayMicroseconds: Int64?
    /// What became of that frame; nil when there is none.
    public fileprivate(set) var transmission: Transmission?
    /// Its further copies, the first few.
    public fileprivate(set) var copies: [Copy] = []
    /// How many further copies there were.
    public fileprivate(set) var copyCount = 0
  }

  /// What became of a frame that was to be passed on.
  public enum Transmission: Sendable, Hashable {
    /// It waits for its turn, or is being sent.
    case pending
    /// The queue did not take it.
    case refused(DropReason)
    /// The queue took it, and this is how it ended.
    case ended(TransmitReport)

    /// Whether it was not on the air, and never will be.
    public var wasNeverSent: Bool {
      switch self {
      case .pending: false
      case .refused: true
      case .ended(let report):
        switch report.result {
        case .sent, .unknown: false
        case .failed, .dropped: true
        }
      }
    }
  }

  /// A further copy of a packet.
  public struct Copy: Sendable, Hashable {
    /// When it was heard.
    public let receivedAt: Instant
    /// The signal it was heard with.
    public let snrQuarterDB: Int?
    /// The strength it was heard with.
    public let rssiDBm: Int?
    /// The repeaters it had passed, or had still to visit.
    public let hopCount: Int
  }

  /// The records that are kept.
  public static let capacity = 256
  /// The copies that are kept of each.
  public static let copiesKept = 20

  private var ring: [Record] = []
  /// The number the next record gets.
  private(set) var nextSequence: UInt64 = 0

  init() {
    ring.reserveCapacity(Self.capacity)
  }

  /// The records, oldest first.
  public var records: [Record] {
    guard ring.count == Self.capacity else { return ring }
    let start = Int(nextSequence % UInt64(Self.capacity))
    return Array(ring[start...] + ring[..<start])
  }

  mutating func add(_ reception: Reception, _ decision: Decision) {
    if let original = decision.original {
      addCopy(reception, of: original)
      return
    }
    let record = Record(
      sequence: nextSequence, packet: reception.packet, hash: decision.hash,
      snrQuarterDB: reception.snrQuarterDB, rssiDBm: reception.rssiDBm, score: reception.score,
      receivedAt: reception.receivedAt, verdict: decision.verdict,
      outgoingBytes: decision.outgoing?.bytes,
      delayMicroseconds: decision.outgoing?.delayMicroseconds,
      transmission: decision.outgoing == nil ? nil : .pending)
    if ring.count < Self.capacity {
      ring.append(record)
    } else {
      ring[Int(nextSequence % UInt64(Self.capacity))] = record
    }
    nextSequence += 1
  }

  /// Notes what became of the frame of a record, if that is still kept.
  mutating func note(_ transmission: Transmission, of sequence: UInt64) {
    guard let index = index(of: sequence) else { return }
    ring[index].transmission = transmission
  }

  private func index(of sequence: UInt64) -> Int? {
    let index = Int(sequence % UInt64(Self.capacity))
    return index < ring.count && ring[index].sequence == sequence ? index : nil
  }

  private mutating func addCopy(_ reception: Reception, of original: UInt64) {
    guard let index = index(of: original) else { return }
    ring[index].copyCount += 1
    guard ring[index].copies.count < Self.copiesKept else { return }
    ring[index].copies.append(
      Copy(
        receivedAt: reception.receivedAt, snrQuarterDB: reception.snrQuarterDB,
        rssiDBm: reception.rssiDBm, hopCount: reception.packet.pathField.hopCount))
  }
}
