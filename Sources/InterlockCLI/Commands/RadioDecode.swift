internal import InterlockCommandLine
internal import InterlockCrypto
internal import InterlockMeshCore
internal import InterlockSystem
internal import InterlockWire

/// `interlock radio decode`: what a frame says.
enum RadioDecode: Command {
  private static let channelKey = Option.channelKey(
    "--channel-key",
    "the key of a channel whose messages are opened; the public channel's is known")
  private static let identity = Option.text(
    "--identity", "FILE", "a node's identity, to open messages to and from it")
  private static let peer = Option.hex(
    "--peer", "HEX", bytes: [32], "the public key of a node the identity talks with")

  static let declaration = CommandDeclaration(
    path: ["radio", "decode"],
    summary: "explains frames: header, path, payload, hash",
    details: "Without HEX it reads frames from standard input, one a line; blanks in a line are "
      + "ignored. Messages are opened where a key is given.",
    operands: [
      Operand(
        name: "HEX", meaning: "a whole frame in hexadecimal", isOptional: true, repeats: true)
    ],
    options: [
      channelKey.repeated, identity.optional, peer.repeated, ArgumentParser.json.optional,
    ],
    statuses: [.badInput, .notPermitted],
    example: "radio decode 0e00112233445566")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let keys = DecodeKeys(
      channels: try arguments.all(channelKey),
      identity: try arguments[identity].map(Self.load),
      peers: try arguments.all(peer).compactMap { PublicKey($0) })
    let decoder = Decoder(
      report: PacketReport(keys: keys), asJSON: arguments.has(ArgumentParser.json),
      console: console)
    guard arguments.operands.isEmpty else { return try decoder.decode(arguments.operands) }
    var lines = 0
    while let line = console.readLine() {
      lines += 1
      let text = line.filter { !$0.isWhitespace }
      if !text.isEmpty { try decoder.decode([text], place: "line \(lines): ") }
    }
  }

  private static func load(_ path: String) throws(CommandFailure) -> Identity {
    let content: [UInt8]
    do throws(SystemError) {
      content = try FileContents.read(path, atMost: 4096)
    } catch {
      throw CommandFailure(.badInput, "\(error)", "give the identity file of a node")
    }
    do throws(IdentityError) {
      return try IdentityFile.decode(
        SecretBytes(content.span), probe: SecureRandom.secret(Ed25519.seedBytes))
    } catch {
      throw CommandFailure(.badInput, "\(path) is no identity: \(error)", "give another file")
    }
  }

  private struct Decoder {
    let report: PacketReport
    let asJSON: Bool
    let console: Console

    func decode(_ texts: [String], place: String = "") throws {
      for (index, text) in texts.enumerated() {
        let packet = try Packet(hexadecimal: text, place: place)
        if index > 0, !asJSON { try console.print("") }
        try console.print(report.report(on: packet), asJSON: asJSON)
      }
    }
  }
}

extension Packet {
  /// The packet a person typed.
  ///
  /// - Throws: `CommandFailure` with status 65.
  init(hexadecimal text: String, place: String = "") throws(CommandFailure) {
    guard let frame = Hex.decode(text) else {
      throw CommandFailure(
        .badInput, "\(place)\"\(text.prefix(40))\" is not hexadecimal",
        "give an even number of hexadecimal digits")
    }
    do throws(PacketError) {
      try self.init(parsing: frame)
    } catch {
      throw CommandFailure(
        .badInput, "\(place)this frame of \(frame.count) bytes is not a packet: \(error)",
        "give the whole frame as it was on the air")
    }
  }
}
