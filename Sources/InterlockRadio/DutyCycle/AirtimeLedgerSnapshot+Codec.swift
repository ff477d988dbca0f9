import Interlock

/// Why saved bytes are no ledger.
public enum AirtimeLedgerSnapshotError: String, Error, Sendable, Hashable, CustomStringConvertible {
  /// The bytes begin otherwise than a ledger.
  case notALedger = "it is not an airtime ledger"
  /// A newer program wrote it.
  case unknownVersion = "it is of a version this program does not know"
  /// The check value does not fit: bytes were changed or are missing.
  case damaged = "its check value is wrong"
  /// The check value fits and the contents do not make sense.
  case inconsistent = "its contents contradict themselves"

  /// What is wrong.
  public var description: String { rawValue }
}

extension AirtimeLedgerSnapshot {
  static let magic: [UInt8] = Array("ILAL".utf8)
  static let version: UInt8 = 1
  private static let headerBytes = 29
  private static let checkBytes = 4
  /// The longest airtime of one spend, merged ones included, and the greatest age: a year.
  private static let longest = RollingBudget.longestWindow.nanoseconds

  /// The saved form.
  ///
  /// Ends are stored as the distance from one to the next, and the first as its distance from a year
  /// before the save: small numbers, in one or two bytes less each than ages would take.
  public func encoded() -> [UInt8] {
    var bytes = Self.magic + [Self.version]
    bytes.reserveCapacity(Self.headerBytes + 16 * spends.count + Self.checkBytes)
    Self.append(UInt64(bitPattern: savedAt.wallClockNanoseconds), to: &bytes)
    Self.append(UInt64(bitPattern: savedAt.instant.nanoseconds), to: &bytes)
    Self.append(savedAt.boot, to: &bytes)
    Self.appendVariable(UInt64(spends.count), to: &bytes)
    var previous = Self.longest
    for spend in spends {
      // Ends never go back, so ages never grow; clamped for a clock beyond reason.
      let age = min(max(spend.age, -Self.longest), previous)
      Self.appendVariable(UInt64(previous - age), to: &bytes)
      previous = age
      for amount in spend.amounts { Self.appendVariable(UInt64(amount), to: &bytes) }
    }
    let check = Self.checksum(bytes[...])
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: check >> ($0 * 8)) }
    return bytes
  }

  /// Reads the saved form.
  ///
  /// - Throws: `AirtimeLedgerSnapshotError` for anything else than what `encoded` wrote.
  public init(decoding bytes: [UInt8]) throws(AirtimeLedgerSnapshotError) {
    guard bytes.starts(with: Self.magic) else { throw .notALedger }
    guard bytes.count > Self.headerBytes + Self.checkBytes else { throw .damaged }
    let body = bytes.dropLast(Self.checkBytes)
    let check = bytes.suffix(Self.checkBytes).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    guard Self.checksum(body) == check else { throw .damaged }
    guard bytes[4] == Self.version else { throw .unknownVersion }

    var reader = body.dropFirst(Self.magic.count + 1)
    let wall = Self.fixed(&reader)
    let instant = Self.fixed(&reader)
    let boot = Self.fixed(&reader)
    let count = try Self.variable(&reader, most: UInt64(RollingBudget.maximumEntries))
    var spends: [Spend] = []
    var age = Self.longest
    for _ in 0..<count {
      let step = try Self.variable(&reader, most: UInt64(2 * Self.longest))
      age -= Int64(step)
      guard age >= -Self.longest else { throw .inconsistent }
      var amounts: [Int64] = []
      for _ in 0..<3 {
        amounts.append(Int64(try Self.variable(&reader, most: UInt64(Self.longest))))
      }
      guard amounts[2] <= amounts[1], amounts[1] <= amounts[0] else { throw .inconsistent }
      spends.append(Spend(age: age, amounts: amounts))
    }
    guard reader.isEmpty else { throw .inconsistent }
    self.init(
      savedAt: Moment(
        instant: Instant(nanoseconds: Int64(bitPattern: instant)),
        wallClockNanoseconds: Int64(bitPattern: wall), boot: boot),
      spends: spends)
  }

  // MARK: Integers

  private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  /// Seven bits a byte, the least significant first, the top bit set on all but the last.
  private static func appendVariable(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Eight bytes; the caller has checked that the header is there.
  private static func fixed(_ bytes: inout ArraySlice<UInt8>) -> UInt64 {
    let value = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    bytes = bytes.dropFirst(8)
    return value
  }

  private static func variable(
    _ bytes: inout ArraySlice<UInt8>, most: UInt64
  ) throws(AirtimeLedgerSnapshotError) -> UInt64 {
    var value: UInt64 = 0
    // Nine bytes hold 63 bits, more than any figure here.
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      guard let byte = bytes.popFirst() else { throw .inconsistent }
      value |= UInt64(byte & 0x7F) << shift
      guard byte & 0x80 != 0 else {
        guard value <= most else { throw .inconsistent }
        return value
      }
    }
    throw .inconsistent
  }

  /// CRC-32 as in ISO 3309, reflected: detects every change of up to 32 bits in a row.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { state, byte in
      table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ state >> 8
    }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
    }
  }
}
