internal import InterlockMeshCore
internal import InterlockWire

/// `interlock radio decode`: what a frame says.
enum RadioDecode: Command {
  static let declaration = CommandDeclaration(
    path: ["radio", "decode"],
    summary: "explains frames: header, path, payload, hash",
    details: "Without HEX it reads frames from standard input, one a line; blanks in a line are "
      + "ignored.",
    operands: [
      Operand(
        name: "HEX", meaning: "a whole frame in hexadecimal", isOptional: true, repeats: true)
    ],
    options: [ArgumentParser.json.optional],
    statuses: [.badInput],
    example: "radio decode 0e00112233445566")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let decoder = Decoder(
      report: PacketReport(keys: DecodeKeys()), asJSON: arguments.has(ArgumentParser.json),
      console: console)
    guard arguments.operands.isEmpty else {
      return try decoder.decode(arguments.operands)
    }
    var lines = 0
    while let line = console.readLine() {
      lines += 1
      let text = line.filter { !$0.isWhitespace }
      if !text.isEmpty { try decoder.decode([text], place: "line \(lines): ") }
    }
  }

  private struct Decoder {
    let report: PacketReport
    let asJSON: Bool
    let console: Console

    func decode(_ texts: [String], place: String = "") throws {
      for (index, text) in texts.enumerated() {
        let packet = try packet(text, place: place)
        if index > 0, !asJSON { try console.print("") }
        try console.print(report.report(on: packet), asJSON: asJSON)
      }
    }

    private func packet(_ text: String, place: String) throws(CommandFailure) -> Packet {
      guard let frame = Hex.decode(text) else {
        throw CommandFailure(
          .badInput, "\(place)\"\(text.prefix(40))\" is not hexadecimal",
          "give an even number of hexadecimal digits")
      }
      do throws(PacketError) {
        return try Packet(parsing: frame)
      } catch {
        throw CommandFailure(
          .badInput, "\(place)this frame of \(frame.count) bytes is not a packet: \(error)",
          "give the whole frame as it was on the air")
      }
    }
  }
}
