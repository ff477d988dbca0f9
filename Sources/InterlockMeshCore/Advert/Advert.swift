internal import InterlockCrypto
internal import InterlockWire

/// The payload of an ADVERT: a node announces itself and signs it.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 32 | Ed25519 public key |
/// | 32 | 4 | timestamp, Unix seconds |
/// | 36 | 64 | signature |
/// | 100 | 0…84 | app data, see ``AdvertData`` |
///
/// The signature covers key, timestamp and the **first 32 bytes** of app data. A longer advert that
/// is signed so is genuine and passed on whole; one signed over everything is not.
public struct Advert: Sendable, Hashable {
  /// Bytes before the app data.
  public static let fixedBytes = 100

  private static let timestampOffset = 32
  private static let signatureOffset = 36

  /// Who announces itself.
  public var publicKey: PublicKey
  /// When, Unix seconds by that node's clock.
  public var timestamp: UInt32
  /// The 64 bytes of the signature.
  public var signature: [UInt8]
  /// What the node says about itself.
  public var appData: [UInt8]

  /// Reads a payload; nil when it ends before the app data begins.
  ///
  /// The signature is not checked, see ``isSignatureValid(payload:)``.
  public init?(parsing payload: ArraySlice<UInt8>) {
    var reader = ByteReader(payload)
    guard let key = reader.bytes(PublicKey.byteCount).flatMap({ PublicKey($0) }),
      let timestamp = reader.uint32(), let signature = reader.bytes(Ed25519.signatureBytes)
    else { return nil }
    publicKey = key
    self.timestamp = timestamp
    self.signature = Array(signature)
    appData = Array(reader.takeRest())
  }

  /// Announces `identity`.
  ///
  /// - Parameters:
  ///   - identity: Whose advert it is.
  ///   - timestamp: Unix seconds; receivers ignore adverts that are not newer than the last.
  ///   - data: What is said about the node.
  public init(signedBy identity: Identity, timestamp: UInt32, data: AdvertData) {
    publicKey = identity.publicKey
    self.timestamp = timestamp
    appData = data.encoded
    signature = []
    signature = identity.sign(signedMessage.span)
  }

  /// What the signature must cover.
  public var signedMessage: [UInt8] {
    var writer = ByteWriter(capacity: Self.signatureOffset + AdvertData.maximumBytes)
    writer.append(publicKey.bytes)
    writer.uint32(timestamp)
    writer.append(appData.prefix(AdvertData.maximumBytes))
    return writer.bytes
  }

  /// What the node says about itself; nil when it says nothing.
  public var data: AdvertData? { AdvertData(parsing: appData[...]) }

  /// Whether the node whose key it bears signed it.
  public var isSignatureValid: Bool { Self.isSignatureValid(payload: payload.span) }

  /// The payload that says this.
  public var payload: [UInt8] {
    var writer = ByteWriter(capacity: Self.fixedBytes + appData.count)
    writer.append(publicKey.bytes)
    writer.uint32(timestamp)
    writer.append(signature)
    writer.append(appData)
    return writer.bytes
  }

  /// Whether a payload is an advert that the node whose key it bears has signed.
  ///
  /// - Complexity: One signature check, some 50 µs; no allocation.
  public static func isSignatureValid(payload: Span<UInt8>) -> Bool {
    guard payload.count >= fixedBytes else { return false }
    let end = min(payload.count, fixedBytes + AdvertData.maximumBytes)
    return Ed25519.isValid(
      signature: payload.extracting(signatureOffset..<fixedBytes),
      message: payload.extracting(0..<signatureOffset),
      followedBy: payload.extracting(fixedBytes..<end),
      publicKey: payload.extracting(0..<timestampOffset))
  }
}
