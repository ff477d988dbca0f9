internal import InterlockCrypto
internal import InterlockMeshCore
internal import InterlockWire

extension ConformanceChecker {
  /// messages.json: encrypted packets, opened and sealed again.
  static let messages = ConformanceChecker(
    schema: "interlock.meshcore.messages/1",
    lists: [List("cases") { (current) throws(JSONError) in try checkMessage(&current) }])

  private static func checkMessage(_ current: inout ConformanceCase) throws(JSONError) {
    let packet = try current.packet("hex")
    try current.expect("payloadTypeName", .string(packet.payloadType.description))
    try current.expect("packetHash", .string(packet.packetHash.description))
    let plaintext = try current.bytes("plaintext")
    switch packet.payloadType {
    case .request, .response, .text, .path:
      try checkEnvelope(packet, plaintext, &current)
    case .anonymousRequest: try checkAnonymousEnvelope(packet, plaintext, &current)
    case .groupText, .groupData: try checkChannelEnvelope(packet, plaintext, &current)
    default:
      throw JSONError(
        "hex: no packet of type \(packet.payloadType) is encrypted",
        at: current.value.position)
    }
    try checkMeaning(of: plaintext, packet.payloadType, &current)
  }

  // MARK: Envelopes

  private static func checkEnvelope(
    _ packet: Packet, _ plaintext: [UInt8], _ current: inout ConformanceCase
  ) throws(JSONError) {
    let parties = try current.parties()
    let again = Envelope(
      sealing: plaintext, from: parties.sender, to: parties.receiver, under: parties.secret)
    let sealed = Envelope(parsing: packet.payload)?.sealed
    current.check(sealed, againstSealed: again.payload, of: packet)
    try current.check(sealed.flatMap { parties.secret.open($0) }, isPadded: plaintext)
  }

  private static func checkAnonymousEnvelope(
    _ packet: Packet, _ plaintext: [UInt8], _ current: inout ConformanceCase
  ) throws(JSONError) {
    let parties = try current.parties()
    let again = AnonymousEnvelope(
      sealing: plaintext, from: parties.sender, to: parties.receiver, under: parties.secret)
    let envelope = AnonymousEnvelope(parsing: packet.payload)
    current.check(envelope?.sealed, againstSealed: again.payload, of: packet)
    try current.expect("senderPublicKey", bytes: envelope?.sender.bytes)
    try current.check(
      envelope.flatMap { parties.secret.open($0.sealed) }, isPadded: plaintext)
  }

  private static func checkChannelEnvelope(
    _ packet: Packet, _ plaintext: [UInt8], _ current: inout ConformanceCase
  ) throws(JSONError) {
    guard let channel = Channel(key: try current.bytes("channelKey")) else {
      throw JSONError("channelKey: 16 or 32 bytes are expected", at: current.value.position)
    }
    let again = ChannelEnvelope(sealing: plaintext, for: channel)
    let envelope = ChannelEnvelope(parsing: packet.payload)
    current.check(envelope?.sealed, againstSealed: again.payload, of: packet)
    try current.expect("channelHash", bytes: envelope.map { [$0.channelHash] })
    try current.expect("channelHash", bytes: [channel.hash])
    try current.expect("channelSecret32", bytes: channel.secret.bytes)
    try current.check(
      envelope.flatMap { channel.secret.open($0.sealed) }, isPadded: plaintext)
  }

  // MARK: Meanings

  private static func checkMeaning(
    of plaintext: [UInt8], _ type: PayloadType, _ current: inout ConformanceCase
  ) throws(JSONError) {
    switch type {
    case .text, .groupText: try checkText(plaintext, type, &current)
    case .request:
      let request = RequestMessage(parsing: plaintext)
      try current.expect("decoded.timestamp", number: request?.timestamp)
      try current.expect("decoded.requestType", number: request?.kind.rawValue)
      try current.expect("decoded.data", bytes: request?.parameters)
      current.check(request?.plaintext, isAgain: plaintext)
    case .response:
      let response = ResponseMessage(parsing: plaintext)
      try current.expect("decoded.tag", number: response?.tag)
      try current.expect("decoded.data", bytes: response?.data)
      current.check(response?.plaintext, isAgain: plaintext)
    case .path: try checkPath(plaintext, &current)
    case .anonymousRequest: try checkAnonymousRequest(plaintext, &current)
    default:
      let data = ChannelData(parsing: plaintext)
      try current.expect("decoded.dataType", number: data?.type)
      try current.expect("decoded.data", bytes: data?.data)
      current.check(data?.plaintext, isAgain: plaintext)
    }
  }

  private static func checkText(
    _ plaintext: [UInt8], _ type: PayloadType, _ current: inout ConformanceCase
  ) throws(JSONError) {
    let text = TextMessage(parsing: plaintext)
    try current.expect("decoded.timestamp", number: text?.timestamp)
    try current.expect("decoded.textType", number: text?.kind.rawValue)
    try current.expect("decoded.text", text.map { .string($0.text) } ?? .null)
    try current.expectIfPresent(
      "decoded.attempt", text.map { .integer($0.attempt) } ?? .null)
    current.check(text?.plaintext, isAgain: plaintext)
    // Only plain text is acknowledged so; cases of other kinds say null, or nothing.
    guard text?.kind == .plain || current.has("ackBytes"), current.has("senderPublicKey") else {
      return try current.expectIfPresent("ackBytes", .null)
    }
    let acknowledgement = text?.acknowledgement(from: try current.publicKey("senderPublicKey"))
    try current.expect("ackBytes", bytes: acknowledgement?.payload)
  }

  private static func checkPath(
    _ plaintext: [UInt8], _ current: inout ConformanceCase
  ) throws(JSONError) {
    let message = PathReturn(parsing: plaintext)
    let size = message?.pathField.hashSize ?? 1
    let hops = message.map { message in
      stride(from: 0, to: message.path.count, by: size).map {
        JSONValue.string(Hex.encode(message.path[$0..<$0 + size]))
      }
    }
    try current.expect("decoded.pathLenByte", number: message?.pathField.rawValue)
    try current.expect("decoded.hashSize", number: message?.pathField.hashSize)
    try current.expect("decoded.path", hops.map { .array($0) } ?? .null)
    try current.expect("decoded.extraType", number: message?.extraType.rawValue)
    try current.expect("decoded.extraTypeByte", number: message?.extraTypeByte)
    try current.expect("decoded.extra", bytes: message?.extra)
    current.check(message?.plaintext, isAgain: plaintext)
  }

  private static func checkAnonymousRequest(
    _ plaintext: [UInt8], _ current: inout ConformanceCase
  ) throws(JSONError) {
    let request = AnonymousRequest(parsing: plaintext)
    try current.expect("decoded.timestamp", number: request?.timestamp)
    if case .login(let password) = request?.content {
      try current.expect("decoded.password", .string(String(decoding: password, as: UTF8.self)))
    } else {
      try current.expectIfPresent("decoded.password", .null)
    }
    current.check(request?.plaintext, isAgain: plaintext)
  }
}

extension ConformanceCase {
  /// The two nodes of a case, after checking that both come to the secret the case names.
  fileprivate mutating func parties() throws(JSONError)
    -> (sender: PublicKey, receiver: PublicKey, secret: MessageSecret)
  {
    let sender = try signingKey("senderPrivateKey64")
    let receiver = try signingKey("receiverPrivateKey64")
    try expect("senderPublicKey", bytes: sender.publicKey.bytes)
    try expect("receiverPublicKey", bytes: receiver.publicKey.bytes)
    for (key, peer) in [(sender, receiver.publicKey), (receiver, sender.publicKey)] {
      let secret = key.sharedSecret(with: peer).map { $0.withSpan { s in s.indices.map { s[$0] } } }
      try expect("sharedSecret", bytes: secret)
    }
    return (
      PublicKey(sender.publicKey), PublicKey(receiver.publicKey), try messageSecret("sharedSecret")
    )
  }

  /// Whether what was opened is the plaintext and its zero padding.
  fileprivate mutating func check(
    _ opened: [UInt8]?, isPadded plaintext: [UInt8]
  ) throws(JSONError) {
    let padding = opened?.dropFirst(plaintext.count)
    let isPadded = padding?.allSatisfy { $0 == 0 } ?? false
    try expect("plaintext", bytes: isPadded ? opened?.prefix(plaintext.count) : opened?[...])
  }

  /// Whether sealing the plaintext anew gives the packet's payload.
  fileprivate mutating func check(
    _ sealed: ArraySlice<UInt8>?, againstSealed again: [UInt8], of packet: Packet
  ) {
    if sealed == nil || again != Array(packet.payload) {
      mismatch("hex", expected: Hex.encode(packet.payload), got: Hex.encode(again))
    }
  }

  /// Whether encoding what was decoded gives the plaintext.
  fileprivate mutating func check(_ encoded: [UInt8]?, isAgain plaintext: [UInt8]) {
    if encoded != plaintext {
      mismatch(
        "plaintext", expected: Hex.encode(plaintext),
        got: encoded.map { Hex.encode($0) } ?? "nothing")
    }
  }
}
