internal import CSodium

/// Comparison that tells an observer of its duration nothing about where the bytes differ.
public enum ConstantTime {
  /// Whether both have the same length and bytes; only the lengths influence the time it takes.
  public static func areEqual(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
    guard one.count == other.count else { return false }
    if one.isEmpty { return true }
    return unsafe one.withUnsafeBytes { a in
      unsafe other.withUnsafeBytes { b in
        unsafe sodium_memcmp(a.baseAddress, b.baseAddress, a.count) == 0
      }
    }
  }

  /// Whether all bytes are zero, in a time that depends on their number only.
  public static func isZero(_ bytes: Span<UInt8>) -> Bool {
    unsafe bytes.withUnsafeBufferPointer { unsafe sodium_is_zero($0.baseAddress, $0.count) == 1 }
  }
}
