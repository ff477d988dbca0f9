/// A number that differs when anything of what was put in, or its order, differs.
///
/// It compares two runs of a simulation; it protects nothing against anybody.
///
/// *Source:* FNV-1a, 64 bits: draft-eastlake-fnv, section 2.
struct TraceDigest: Sendable, Hashable {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
  }

  mutating func add(_ number: some BinaryInteger) {
    var rest = UInt64(truncatingIfNeeded: number)
    for _ in 0..<8 {
      add(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  mutating func add(_ bytes: [UInt8]) {
    add(bytes.count)
    for byte in bytes { add(byte) }
  }
}
