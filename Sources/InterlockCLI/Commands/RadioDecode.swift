internal import InterlockMeshCore
internal import InterlockWire

/// `interlock radio decode`: what a frame says.
enum RadioDecode: Command {
  static let declaration = CommandDeclaration(
    path: ["radio", "decode"],
    summary: "explains frames: header, path, payload, hash",
    details: "Without HEX it reads frames from standard input, one a line.",
    operands: [
      Operand(
        name: "HEX", meaning: "a whole frame in hexadecimal", isOptional: true, repeats: true)
    ],
    statuses: [.badInput],
    example: "radio decode 1100a1b2c3d4")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    guard arguments.operands.isEmpty else {
      for text in arguments.operands { try decode(text, console) }
      return
    }
    while let line = console.readLine() {
      if !line.isEmpty { try decode(line, console) }
    }
  }

  private static func decode(_ text: String, _ console: Console) throws {
    guard let frame = Hex.decode(text) else {
      throw CommandFailure(
        .badInput, "\"\(text.prefix(40))\" is not hexadecimal", "give an even number of hex digits")
    }
    let packet: Packet
    do {
      packet = try Packet(parsing: frame)
    } catch {
      throw CommandFailure(
        .badInput, "this frame of \(frame.count) bytes is not a packet: \(error)",
        "check that it is the whole frame as it was on the air")
    }
    try console.print("\(packet)")
  }
}
