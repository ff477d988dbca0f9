internal import InterlockCrypto
internal import InterlockMeshCore
internal import InterlockWire

extension ConformanceChecker {
  /// adverts.json: what an advert says, and whether it is genuine.
  static let adverts = ConformanceChecker(
    schema: "interlock.meshcore.adverts/1",
    lists: [List("cases") { (current) throws(JSONError) in try checkAdvert(&current) }])

  private static func checkAdvert(_ current: inout ConformanceCase) throws(JSONError) {
    let packet = try current.packet("hex")
    guard packet.payloadType == .advert, let advert = Advert(parsing: packet.payload) else {
      throw JSONError("hex: a whole ADVERT is expected", at: current.value.position)
    }
    try current.expect("publicKey", bytes: advert.publicKey.bytes)
    try current.expect("timestamp", number: advert.timestamp)
    try current.expect("signature", bytes: advert.signature)
    try current.expect("appData", bytes: advert.appData)
    try current.expect("signedMessage", bytes: advert.signedMessage)
    try current.expect("signatureValid", .bool(advert.isSignatureValid))
    try current.expect("verifyFirst32AppData", .bool(advert.isSigned(over: advert.signedMessage)))
    let whole = advert.signedMessage + advert.appData.dropFirst(AdvertData.maximumBytes)
    try current.expect("verifyWholeAppData", .bool(advert.isSigned(over: whole)))
    let isOwn =
      current.has("receiverPublicKey")
      ? try current.publicKey("receiverPublicKey") == advert.publicKey : false
    try current.expect("forwardable", .bool(advert.isSignatureValid && !isOwn))
    try checkData(advert.data, &current)
  }

  private static func checkData(
    _ data: AdvertData?, _ current: inout ConformanceCase
  ) throws(JSONError) {
    guard let data else { return try current.expect("decoded", .null) }
    try current.expect("decoded.flags", number: data.flags)
    try current.expect("decoded.nodeType", number: data.nodeType.rawValue)
    try current.expect("decoded.valid", .bool(data.isComplete))
    try current.expect("decoded.latitudeE6", number: data.location?.latitudeE6)
    try current.expect("decoded.longitudeE6", number: data.location?.longitudeE6)
    try current.expect("decoded.feature1", number: data.feature1)
    try current.expect("decoded.feature2", number: data.feature2)
    // The reference has no name where the flag is set and no byte follows; we have an empty one.
    let hasName = data.nameBytes?.isEmpty == false || current.has("decoded.nameHex")
    try current.expect("decoded.nameHex", bytes: hasName ? data.nameBytes : nil)
    try current.expect("decoded.name", hasName ? data.name.map { .string($0) } ?? .null : .null)
  }
}

extension Advert {
  fileprivate func isSigned(over message: [UInt8]) -> Bool {
    Ed25519.isValid(
      signature: signature.span, message: message.span, publicKey: publicKey.bytes.span)
  }
}
