internal import InterlockMeshCore

extension FuzzTarget {
  /// Adverts: reading never traps, and what was read says the same when it is written and read again.
  static let advert = FuzzTarget(name: "advert") { bytes in
    if let data = AdvertData(parsing: bytes[...]) {
      let encoded = data.encoded
      precondition(encoded.count <= AdvertData.maximumBytes, "app data grew")
      let seen = bytes.prefix(AdvertData.maximumBytes)
      if data.isComplete {
        precondition(data.nameBytes == nil || encoded[...] == seen, "app data changed")
        precondition(AdvertData(parsing: encoded[...]) == data, "app data reads otherwise")
      }
      precondition(data.flags == bytes[0], "the flags changed")
      _ = data.name
    } else {
      precondition(bytes.isEmpty, "app data was not read")
    }
    guard let advert = Advert(parsing: bytes[...]) else {
      precondition(bytes.count < Advert.fixedBytes, "an advert was not read")
      precondition(!Advert.isSignatureValid(payload: bytes.span), "half an advert is genuine")
      return
    }
    precondition(advert.payload == bytes, "an advert changed")
    precondition(advert.signedMessage.count <= 68, "too much is signed")
    // A signature costs as much as a thousand readings: check one in 256.
    if bytes[35] == 0 {
      precondition(
        advert.isSignatureValid == Advert.isSignatureValid(payload: bytes.span),
        "the two ways to check a signature disagree")
    }
  }
}
