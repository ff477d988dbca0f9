// Where Swift's bytes meet C: a pointer that is never null, valid for the length of one call.

extension Span<UInt8> {
  /// Gives `body` the address of the bytes, for C functions that take it next to ``Span/count``.
  ///
  /// C libraries declare these parameters non-null even for empty input, which has no address;
  /// the address of a local stands in then, and nothing reads it.
  func withPointer<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    unsafe withUnsafeBufferPointer { buffer in
      if let address = buffer.baseAddress { return unsafe body(address) }
      var nothing: UInt8 = 0
      return unsafe body(&nothing)
    }
  }
}

extension Bytes32 {
  /// Gives `body` the address of the 32 bytes.
  func withPointer<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    withSpan { unsafe $0.withPointer(body) }
  }

  /// Thirty-two bytes that `fill` writes.
  init(filledBy fill: (UnsafeMutablePointer<UInt8>) -> Void) {
    self.init()
    unsafe withUnsafeMutableBytes { bytes in
      unsafe bytes.withMemoryRebound(to: UInt8.self) { buffer in
        if let address = buffer.baseAddress { unsafe fill(address) }
      }
    }
  }
}

extension SecretBytes {
  /// Gives `body` the address of the bytes.
  func withPointer<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    withSpan { unsafe $0.withPointer(body) }
  }
}
