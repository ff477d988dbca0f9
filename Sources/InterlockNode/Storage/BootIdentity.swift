internal import InterlockSystem
internal import InterlockWire

/// Which boot of the machine the monotonic clock belongs to.
enum BootIdentity {
  private static let path = "/proc/sys/kernel/random/boot_id"

  /// The first half of the kernel's random identifier; 0 when it cannot be read.
  static func current() -> UInt64 {
    // Without it the wall clock tells how long the program was away, which is what 0 means.
    guard let text = try? AtomicFile.contents(of: path, limit: 4096) else { return 0 }
    let digits = String(decoding: text, as: UTF8.self).filter(\.isHexDigit)
    return UInt64(digits.prefix(16), radix: 16) ?? 0
  }
}
