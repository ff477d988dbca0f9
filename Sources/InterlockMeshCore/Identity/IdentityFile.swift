public import InterlockCrypto

/// The content of an identity file.
///
/// Written: one line of 128 hexadecimal digits, the 64-byte private key. Read: that, a line of 64
/// digits (a seed), or 32 or 64 plain bytes as other programs keep them. Blanks around the digits
/// are let be. Reading and writing files is the caller's, with mode 0600 and never over a file that
/// could not be read.
public enum IdentityFile {
  /// The bytes to write.
  ///
  /// - Returns: ASCII text as secret as the key it spells.
  public static func encode(_ identity: Identity) -> SecretBytes {
    identity.exported().hexadecimal()
  }

  /// Reads an identity.
  ///
  /// - Parameters:
  ///   - content: The whole file.
  ///   - probe: 32 random bytes for the check of ``Identity/init(importing:probe:)``.
  /// - Returns: The identity it holds.
  /// - Throws: What is wrong with the content.
  public static func decode(
    _ content: SecretBytes, probe: SecretBytes
  ) throws(IdentityError) -> Identity {
    let secret = content.withSpan { bytes in
      let text = Self.trimmed(bytes)
      // No key looks like its own spelling: all of 64 random bytes are digits once in 10^67 times.
      return SecretBytes(hexadecimal: bytes.extracting(text)) ?? SecretBytes(bytes)
    }
    return try Identity(importing: secret, probe: probe)
  }

  private static func trimmed(_ bytes: Span<UInt8>) -> Range<Int> {
    var range = 0..<bytes.count
    while let first = range.first, Self.isBlank(bytes[first]) {
      range = first + 1..<range.upperBound
    }
    while let last = range.last, Self.isBlank(bytes[last]) { range = range.lowerBound..<last }
    return range
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
