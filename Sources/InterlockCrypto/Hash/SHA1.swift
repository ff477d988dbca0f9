internal import COpenSSL

/// SHA-1 (FIPS 180-4), only to name things as others name them: it is no protection against anybody.
///
/// Redis calls a script by the digest of its text.
public enum SHA1 {
  /// The digest of a whole message.
  ///
  /// - Returns: Its 20 bytes.
  public static func digest(of message: [UInt8]) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: 20) { buffer, filled in
      _ = unsafe message.span.withPointer {
        unsafe COpenSSL.SHA1($0, message.count, buffer.baseAddress)
      }
      filled = 20
    }
  }
}
