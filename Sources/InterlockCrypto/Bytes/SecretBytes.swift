internal import CSodium

/// Bytes that are overwritten when the last reference goes, and that nothing prints.
///
/// A class, because a secret that is copied by value leaves copies nobody can wipe: everyone who
/// needs it shares this one buffer.
@safe public final class SecretBytes: @unchecked Sendable {
  // Sendable because the buffer is filled by the initialiser, before anyone else can see it, and
  // never written again but by `deinit`, which by definition runs alone.
  private let storage: UnsafeMutableBufferPointer<UInt8>

  /// Copies `bytes`.
  ///
  /// The caller's own copy stays the caller's to wipe.
  public convenience init(_ bytes: Span<UInt8>) {
    unsafe self.init(count: bytes.count) { target in
      unsafe bytes.withPointer { unsafe target.update(from: $0, count: bytes.count) }
    }
  }

  /// Makes room for `count` bytes (at least one) and lets `fill` write them in place.
  init(count: Int, fill: (UnsafeMutablePointer<UInt8>) -> Void) {
    let address = UnsafeMutablePointer<UInt8>.allocate(capacity: max(count, 1))
    unsafe address.initialize(repeating: 0, count: max(count, 1))
    unsafe fill(address)
    unsafe storage = UnsafeMutableBufferPointer(start: address, count: count)
  }

  deinit {
    unsafe sodium_memzero(storage.baseAddress, storage.count)
    unsafe storage.deallocate()
  }

  /// How many bytes there are.
  public var count: Int { unsafe storage.count }

  /// Gives `body` the bytes without copying them.
  ///
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public func withSpan<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(Span(_unsafeElements: UnsafeBufferPointer(storage)))
  }
}

extension SecretBytes: Equatable {
  /// Whether both hold the same bytes, in a time that depends on their length only.
  public static func == (left: SecretBytes, right: SecretBytes) -> Bool {
    left.withSpan { one in right.withSpan { other in ConstantTime.areEqual(one, other) } }
  }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The length, never the content.
  public var description: String { "SecretBytes(\(count) bytes)" }

  /// The length, never the content.
  public var debugDescription: String { description }

  /// Empty, so that `dump` and test failures show nothing.
  public var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
