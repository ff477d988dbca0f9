internal import InterlockModems
internal import InterlockWire

extension ConformanceChecker {
  /// kiss.json: framing both ways, and the modem's messages both ways.
  static let kiss = ConformanceChecker(
    schema: "interlock.meshcore.kiss/1",
    lists: [
      List("encode") { (current) throws(JSONError) in try checkEncoding(&current) },
      List("decode") { (current) throws(JSONError) in try checkDecoding(&current) },
      List("setHardware") { (current) throws(JSONError) in try checkMessage(&current) },
    ])

  private static func checkEncoding(_ current: inout ConformanceCase) throws(JSONError) {
    let frame = KISSFrame(
      port: try current.input("port"), command: try current.input("command"),
      data: try current.bytes("data"))
    try current.expect("frame", bytes: frame.encoded())
  }

  private static func checkDecoding(_ current: inout ConformanceCase) throws(JSONError) {
    let stream = try current.bytes("stream")
    // Whole, and byte by byte: the result must not depend on the cuts.
    for size in [max(stream.count, 1), 1] {
      var decoder = KISSDecoder()
      var frames: [KISSFrame] = []
      for start in stride(from: 0, to: stream.count, by: size) {
        let chunk = Array(stream[start..<min(start + size, stream.count)])
        decoder.decode(chunk) { frames.append($0) }
      }
      try current.expect("framingErrors", number: decoder.framingErrors)
      let count = try current.count("frames")
      if count != frames.count {
        current.mismatch("frames", expected: "\(count) frames", got: "\(frames.count)")
      }
      for (index, frame) in frames.prefix(count).enumerated() {
        try current.expect("frames.\(index).typeByte", number: frame.typeByte)
        try current.expect("frames.\(index).port", number: frame.port)
        try current.expect("frames.\(index).command", number: frame.command)
        try current.expect("frames.\(index).data", bytes: frame.data)
      }
    }
  }

  private static func checkMessage(_ current: inout ConformanceCase) throws(JSONError) {
    let direction: String = try current.input("direction")
    let code: UInt8 = try current.input("subCommand")
    let data = [code] + (try current.bytes("data"))
    // Empty for messages that are their code alone.
    _ = try current.input("meaning", as: JSONValue.self)
    let frame: KISSFrame
    switch direction {
    case "toModem":
      do {
        let request = try HardwareRequest(parsing: data)
        frame = request.frame
        try expectMeaning(of: request, in: &current)
      } catch let error as JSONError {
        throw error
      } catch {
        return current.mismatch("data", expected: "a request", got: "\(error)")
      }
    case "fromModem":
      guard let reply = HardwareReply(parsing: data) else {
        return current.mismatch("data", expected: "a reply", got: "nothing that can be read")
      }
      frame = reply.frame
      try expectMeaning(of: reply, in: &current)
    default: throw JSONError("neither “toModem” nor “fromModem”", at: current.value.position)
    }
    // Read and written again: the same bytes.
    try current.expect("frame", bytes: frame.encoded())
  }

  private static func expectMeaning(
    of request: HardwareRequest, in current: inout ConformanceCase
  ) throws(JSONError) {
    switch request {
    case .setRadio(let parameters): try expect(parameters, in: &current)
    case .setTransmitPower(let dBm): try current.expect("meaning.dBm", number: dBm)
    case .airtime(let bytes): try current.expect("meaning.bytes", number: bytes)
    case .setSignalReport(let isOn): try current.expect("meaning.enabled", .bool(isOn))
    default: break
    }
  }

  private static func expectMeaning(
    of reply: HardwareReply, in current: inout ConformanceCase
  ) throws(JSONError) {
    switch reply {
    case .radio(let parameters): try expect(parameters, in: &current)
    case .currentRSSI(let dBm): try current.expect("meaning.rssiDbm", number: dBm)
    case .channelBusy(let isBusy): try current.expect("meaning.busy", .bool(isBusy))
    case .airtime(let time): try current.expect("meaning.milliseconds", number: time)
    case .noiseFloor(let dBm): try current.expect("meaning.dBm", number: dBm)
    case .statistics(let received, let sent, let errors):
      try current.expect("meaning.received", number: received)
      try current.expect("meaning.transmitted", number: sent)
      try current.expect("meaning.errors", number: errors)
    case .battery(let millivolts): try current.expect("meaning.millivolts", number: millivolts)
    case .temperature(let tenths): try current.expect("meaning.tenthsC", number: tenths)
    case .error(.busy): try current.expect("meaning.error", .string("tx_busy"))
    case .transmitDone(let isConfirmed):
      try current.expect("meaning.success", .bool(isConfirmed))
    case .receiveMetadata(let snr, let rssi):
      try current.expect("meaning.snrDb", Double(snr) / 4, within: 0)
      try current.expect("meaning.rssiDbm", number: rssi)
    default: break
    }
  }

  private static func expect(
    _ parameters: RadioParameters, in current: inout ConformanceCase
  ) throws(JSONError) {
    try current.expect("meaning.frequencyHz", number: parameters.frequencyHz)
    try current.expect("meaning.bandwidthHz", number: parameters.bandwidthHz)
    try current.expect("meaning.sf", number: parameters.spreadingFactor)
    try current.expect("meaning.cr", number: parameters.codingRateDenominator)
  }
}
