internal import Interlock
internal import InterlockCommandLine
internal import InterlockMeshCore
internal import InterlockNode
internal import InterlockRadio
internal import InterlockSystem
internal import InterlockWire

/// `interlock radio replay`: what a repeater decides about frames heard before.
enum RadioReplay: Command {
  private static let largestFileBytes = 256 << 20
  private static let key = Option.hex(
    "--key", "HEX", bytes: [32], "the public key of the repeater that decides")
  private static let config = Option.text(
    "--config", "FILE", "what the repeater is configured to do; without it, the defaults")
  private static let seed = Option.integer(
    "--seed", "N", 0...Int.max, "what random delays are drawn from"
  ).defaulting(to: 1)
  private static let realtime = Option.flag("--realtime", "wait as long as it took on the air")

  static let declaration = CommandDeclaration(
    path: ["radio", "replay"],
    summary: "runs recorded frames through a repeater and prints its decisions",
    details:
      "A line of FILE is \"SECONDS HEX [SNR [RSSI]]\", or an object with at_s, frame and, if "
      + "known, snr_db and rssi_dbm, as radio monitor --json and node --json print them; other "
      + "objects are left out. Nothing is transmitted.",
    operands: [Operand(name: "FILE", meaning: "the recording; - for standard input")],
    options: [
      key.optional, config.optional, seed.optional, realtime.optional, ArgumentParser.json.optional,
    ],
    statuses: [.badInput],
    example: "radio replay heard.jsonl --seed 7")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let path = arguments.operands[0] == "-" ? "/dev/stdin" : arguments.operands[0]
    let text: [UInt8]
    do throws(SystemError) {
      text = try FileContents.read(path, atMost: largestFileBytes)
    } catch {
      throw CommandFailure(.badInput, "\(error)", "give a recording that can be read")
    }
    let frames = try Recording.frames(in: text, called: path)
    let configuration = try ConfigurationSource(path: try arguments[config]).read()
    let repeater: RepeaterConfiguration
    let lora: LoRaSettings
    do {
      repeater = try configuration.repeaterConfiguration()
      lora = try configuration.modemSettings().lora
    } catch {
      throw CommandFailure(.badInput, "the configuration is not possible: \(error)", "correct it")
    }
    // Any key that is not reserved will do to see what a repeater passes on.
    let ownKey = try arguments[key] ?? [UInt8](repeating: 0x42, count: PublicKey.byteCount)
    guard let publicKey = PublicKey(ownKey) else { return }
    var replay = Replay(
      machine: RepeaterMachine(
        configuration: repeater, publicKey: publicKey, recipient: nil, settings: lora,
        seed: UInt64(try arguments[seed])),
      console: console, asJSON: arguments.has(ArgumentParser.json))
    try await replay.run(frames, realtime: arguments.has(realtime))
  }
}

/// A recording as it is replayed.
private struct Replay {
  private var machine: RepeaterMachine
  private let console: Console
  private let asJSON: Bool

  init(machine: RepeaterMachine, console: Console, asJSON: Bool) {
    self.machine = machine
    self.console = console
    self.asJSON = asJSON
  }

  mutating func run(_ frames: [ReceivedFrame], realtime: Bool) async throws {
    let clock = SystemClock()
    let start = clock.now
    let first = frames.first?.receivedAt ?? .origin
    for frame in frames {
      if realtime {
        try await clock.sleep(until: start.advanced(by: first.duration(to: frame.receivedAt)))
      }
      try wake(until: frame.receivedAt)
      try show(machine.receive(frame, at: frame.receivedAt), frame, at: frame.receivedAt)
    }
    try wake(until: .distantFuture)
  }

  /// Decides about what was held back until then.
  private mutating func wake(until instant: Instant) throws {
    while let due = machine.nextDeadline, due <= instant {
      while let woken = machine.wake(at: due) { try show(woken.verdict, woken.frame, at: due) }
    }
  }

  private mutating func show(_ verdict: Verdict, _ frame: ReceivedFrame, at now: Instant) throws {
    var outgoing: [OutgoingFrame] = []
    while let action = machine.nextAction() {
      if case .transmit(let frame) = action { outgoing.append(frame) }
    }
    let seconds = Double(Instant.origin.duration(to: now).wholeNanoseconds) / 1e9
    // A frame that is no packet has its reason in the verdict.
    let packet = try? Packet(parsing: frame.bytes)
    guard asJSON else {
      let what = packet.map { "\($0)" } ?? "\(frame.bytes.count) bytes"
      try console.print("\(seconds) s  \(verdict.reason)  \(what)")
      for frame in outgoing {
        try console.print(
          "    sends \(Hex.encode(frame.bytes)) after \(frame.delay.forReading), "
            + "priority \(frame.priority)")
      }
      return
    }
    let line: JSONValue = [
      "at_s": .double(seconds), "verdict": .string(verdict.reason),
      "type": packet.map { .string("\($0.payloadType)") } ?? .null,
      "route": packet.map { .string("\($0.route)") } ?? .null,
      "hash": packet.map { .string("\($0.packetHash)") } ?? .null,
      "frame": .string(Hex.encode(frame.bytes)),
      "sends": .array(
        outgoing.map { frame in
          [
            "frame": .string(Hex.encode(frame.bytes)),
            "delay_us": .integer(frame.delayMicroseconds), "priority": .integer(frame.priority),
            "kind": .string(frame.kind.rawValue),
          ]
        }),
    ]
    try console.print(line.serialized())
  }
}

/// Reads recorded frames.
private enum Recording {
  /// - Throws: `CommandFailure` with the line that is wrong.
  /// - Returns: the frames in the order of the file.
  static func frames(
    in text: [UInt8], called name: String
  ) throws(CommandFailure) -> [ReceivedFrame] {
    var frames: [ReceivedFrame] = []
    for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .enumerated()
    {
      let words = String(decoding: line, as: UTF8.self)
      guard let first = words.first(where: { !$0.isWhitespace }), first != "#" else { continue }
      do throws(JSONError) {
        let frame = first == "{" ? try object(Array(line)) : try columns(words)
        if let frame { frames.append(frame) }
      } catch {
        throw CommandFailure(
          .badInput, "\(name):\(index + 1): \(error.problem)",
          "a line is SECONDS HEX [SNR [RSSI]] or an object with at_s and frame")
      }
      if let last = frames.last, frames.count > 1,
        last.receivedAt < frames[frames.count - 2].receivedAt
      {
        throw CommandFailure(
          .badInput, "\(name):\(index + 1): it is earlier than the line before",
          "sort the recording by time")
      }
    }
    return frames
  }

  private static func columns(_ line: String) throws(JSONError) -> ReceivedFrame? {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard (2...4).contains(words.count), let seconds = Double(words[0]) else {
      throw JSONError("this is no frame", at: nil)
    }
    let signals = words.dropFirst(2).map { Double($0) }
    guard !signals.contains(nil) else { throw JSONError("a signal is no number", at: nil) }
    return try frame(
      String(words[1]), at: seconds, snr: signals.first ?? nil,
      rssi: signals.count > 1 ? signals[1] : nil)
  }

  private static func object(_ line: [UInt8]) throws(JSONError) -> ReceivedFrame? {
    var fields = try JSONFields(try JSONValue(parsing: line))
    guard let hex: String = try fields.optional("frame"),
      let seconds: Double = try fields.optional("at_s")
    else { return nil }
    return try frame(
      hex, at: seconds, snr: try fields.optional("snr_db"), rssi: try fields.optional("rssi_dbm"))
  }

  private static func frame(
    _ hex: String, at seconds: Double, snr: Double?, rssi: Double?
  ) throws(JSONError) -> ReceivedFrame {
    guard let bytes = Hex.decode(hex) else {
      throw JSONError("the frame is no hexadecimal", at: nil)
    }
    guard (0...1e9).contains(seconds), abs(snr ?? 0) < 1000, abs(rssi ?? 0) < 1000 else {
      throw JSONError("the time or a signal is out of range", at: nil)
    }
    return ReceivedFrame(
      bytes: bytes, snrQuarterDB: snr.map { Int(($0 * 4).rounded()) },
      rssiDBm: rssi.map { Int($0.rounded()) },
      receivedAt: Instant.origin.advanced(by: .nanoseconds(Int64(seconds * 1e9))))
  }
}
