/// Sixty-four bits that differ when two runs went different ways (FNV-1a).
struct TraceHash: Hashable, Sendable {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func mix(_ word: UInt64) {
    value = (value ^ word) &* 0x100_0000_01b3
  }

  /// What a schedule's text keeps of it.
  var check: UInt16 {
    UInt16(truncatingIfNeeded: value ^ (value >> 16) ^ (value >> 32) ^ (value >> 48))
  }
}
