internal import Interlock
internal import InterlockCommandLine
internal import InterlockCrypto
internal import InterlockMeshCore
internal import InterlockModems
internal import InterlockNode
internal import InterlockRadio
internal import InterlockSystem
internal import InterlockWire

/// `interlock radio monitor`: what a live modem hears.
enum RadioMonitor: Command {
  private static let duration = Option.duration(
    "--for", "end after this time; without it, on SIGTERM or Ctrl-C")
  private static let wait = Option.flag(
    "--wait", "wait for a modem that is not there yet instead of ending with 69")

  static let declaration = CommandDeclaration(
    path: ["radio", "monitor"],
    summary: "prints the packets a modem hears, and transmits nothing",
    details: "With --json each packet is an object as of radio decode, with its signal and frame; "
      + "radio replay reads such lines.",
    options: ModemOptions.all + [duration.optional, wait.optional, ArgumentParser.json.optional],
    statuses: [.unreachable],
    example: "radio monitor --port /dev/ttyACM0 --for 10m")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let clock = SystemClock()
    let (modem, _) = try ModemOptions.modem(arguments, clock: clock, seed: SecureRandom().next())
    let watch = OutputWatch()
    let printer = FramePrinter(
      output: LineWriter(console) { watch.note($0) }, asJSON: arguments.has(ArgumentParser.json),
      start: clock.now)
    let limit = try arguments[duration]
    let mustBeThere = !arguments.has(wait)
    do {
      try await InterruptibleRun.run(for: limit, clock: clock) {
        try await listen(to: modem, printer, watch, mustBeThere: mustBeThere)
      }
    } catch let error as ModemError {
      await printer.output.flush()
      throw CommandFailure(
        .unreachable, "the modem cannot be used: \(error.detail)",
        error.remedy ?? "see interlock doctor")
    }
    await printer.output.flushBeforeEnd()
    try watch.check()
  }

  private static func listen(
    to modem: MeshCoreKISSModem, _ printer: FramePrinter, _ watch: OutputWatch, mustBeThere: Bool
  ) async throws {
    let connection = FirstConnection()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await modem.run { event in
          printer.show(event)
          connection.note(event)
        }
      }
      group.addTask { try await watch.failed() }
      if mustBeThere { group.addTask { try await connection.established() } }
      defer { group.cancelAll() }
      while try await group.next() != nil {}
    }
  }
}

/// Runs something until it ends, a signal comes, or its time is over.
enum InterruptibleRun {
  /// - Parameters:
  ///   - limit: How long; nil for as long as nobody interrupts.
  ///   - clock: The time.
  ///   - work: What runs; it ends when its task is cancelled.
  /// - Throws: what `work` throws, unless that is the cancellation.
  static func run(
    for limit: Duration?, clock: any MonotonicClock,
    _ work: @escaping @Sendable () async throws -> Void
  ) async throws {
    let signals = try Signals([.terminate, .interrupt])
    defer { signals.close() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await work() }
      group.addTask { _ = try await signals.next() }
      if let limit { group.addTask { try await clock.sleep(for: limit) } }
      try await group.next()
      group.cancelAll()
      do {
        try await group.waitForAll()
      } catch is CancellationError {
        // The others were only waiting.
      }
    }
  }
}

/// Prints what a modem reports.
struct FramePrinter: Sendable {
  let output: LineWriter
  let asJSON: Bool
  let start: Instant

  func show(_ event: ModemEvent) {
    switch event {
    case .received(let frame): show(frame)
    case .connected(let device): note("connected", device)
    case .disconnected(let error):
      note("disconnected", [error.detail, error.remedy].compactMap(\.self).joined(separator: "; "))
    case .notice(_, let text): note("notice", text)
    case .noiseFloor(let floor): note("noise_floor_dbm", "\(floor)")
    case .receptionErrors(let count): note("damaged", "\(count)")
    case .lost(let frames, let others): note("lost", "\(frames) frames, \(others) other reports")
    }
  }

  private func note(_ name: String, _ text: String) {
    let line: JSONValue = [
      "time": .string("\(Timestamp.now)"), "event": .string(name), "text": .string(text),
    ]
    output.append(asJSON ? line.serialized() + "\n" : "\(Timestamp.now)  \(name): \(text)\n")
  }

  private func show(_ frame: ReceivedFrame) {
    var object: JSONObject = [
      "time": .string("\(Timestamp.now)"), "event": "heard",
      "at_s": .double(Double(start.duration(to: frame.receivedAt).wholeNanoseconds) / 1e9),
      "snr_db": frame.snrQuarterDB.map { .double(Double($0) / 4) } ?? .null,
      "rssi_dbm": frame.rssiDBm.map { .integer($0) } ?? .null,
      "frame": .string(Hex.encode(frame.bytes)),
    ]
    let signal = [
      frame.snrQuarterDB.map { "\(Double($0) / 4) dB" }, frame.rssiDBm.map { "\($0) dBm" },
    ].compactMap(\.self).joined(separator: ", ")
    do throws(PacketError) {
      let packet = try Packet(parsing: frame.bytes)
      object["packet"] = PacketReport(keys: DecodeKeys()).report(on: packet).json
      write(object, "\(packet)" + (signal.isEmpty ? "" : "  [\(signal)]"))
    } catch {
      object["reason"] = .string(error.rawValue)
      write(object, "\(frame.bytes.count) bytes that are no packet: \(error)  [\(signal)]")
    }
  }

  private func write(_ object: JSONObject, _ text: String) {
    output.append(
      asJSON ? JSONValue.object(object).serialized() + "\n" : "\(Timestamp.now)  \(text)\n")
  }
}
