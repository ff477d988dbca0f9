internal import COpenSSL

/// AES-128 in electronic codebook mode, as the mesh's envelopes use it.
///
/// Equal blocks encrypt alike and nothing is authenticated: only for the wire format that demands
/// it, and only next to a MAC that is checked first.
public enum AES128ECB {
  /// Bytes in a key.
  public static let keyBytes = 16
  /// Bytes in a block.
  public static let blockBytes = 16

  /// Encrypts `plaintext`, zero-padded to whole blocks.
  ///
  /// - Returns: The ciphertext (empty for an empty plaintext); nil unless the key has 16 bytes.
  public static func encrypt(_ plaintext: Span<UInt8>, key: Span<UInt8>) -> [UInt8]? {
    transform(plaintext, key: key, encrypting: true)
  }

  /// Decrypts `ciphertext`; padding stays.
  ///
  /// A last block that is not whole is taken as followed by zeros, which is what deployed nodes do.
  ///
  /// - Returns: As many bytes as went in; nil unless the key has 16 bytes.
  public static func decrypt(_ ciphertext: Span<UInt8>, key: Span<UInt8>) -> [UInt8]? {
    guard var plain = transform(ciphertext, key: key, encrypting: false) else { return nil }
    plain.removeLast(plain.count - ciphertext.count)
    return plain
  }

  private static func transform(
    _ input: Span<UInt8>, key: Span<UInt8>, encrypting: Bool
  ) -> [UInt8]? {
    guard key.count == keyBytes else { return nil }
    if input.isEmpty { return [] }
    // OpenSSL fails here only when it has no memory or no AES, neither of which is the caller's.
    guard let context = unsafe EVP_CIPHER_CTX_new() else { return nil }
    defer { unsafe EVP_CIPHER_CTX_free(context) }
    let started = unsafe key.withPointer {
      unsafe EVP_CipherInit_ex(context, EVP_aes_128_ecb(), nil, $0, nil, encrypting ? 1 : 0)
    }
    guard started == 1, unsafe EVP_CIPHER_CTX_set_padding(context, 0) == 1 else { return nil }
    var output = paddedToBlocks(input)
    let count = CInt(output.count)
    var written: CInt = 0
    let done = unsafe output.withUnsafeMutableBufferPointer { buffer in
      // In place: the cipher has no state between blocks.
      unsafe EVP_CipherUpdate(context, buffer.baseAddress, &written, buffer.baseAddress, count)
    }
    return done == 1 && written == count ? output : nil
  }

  private static func paddedToBlocks(_ input: Span<UInt8>) -> [UInt8] {
    let count = (input.count + blockBytes - 1) / blockBytes * blockBytes
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe buffer.initialize(repeating: 0)
      unsafe input.withUnsafeBytes { source in
        unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
      }
      filled = count
    }
  }
}
