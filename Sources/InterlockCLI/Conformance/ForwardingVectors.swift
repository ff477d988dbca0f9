internal import Interlock
internal import InterlockMeshCore
internal import InterlockRadio
internal import InterlockWire

extension ConformanceChecker {
  /// forwarding.json: what one repeater does with frames heard in order.
  static let forwarding = ConformanceChecker(
    schema: "interlock.meshcore.forwarding/1",
    lists: [List("cases") { (current) throws(JSONError) in try checkSteps(&current) }],
    notCompared: ["firmwareExpect", "firmwareOutput"])

  /// trace.json: the same for probes, with what they carry.
  static let trace = ConformanceChecker(
    schema: "interlock.meshcore.trace/1",
    lists: [List("cases") { (current) throws(JSONError) in try checkSteps(&current) }],
    notCompared: ["firmwareExpect", "firmwareOutput"])

  /// Time between the frames of a case: enough that none is held when the next one comes.
  private static let spacing = Duration.seconds(60)

  private static func checkSteps(_ current: inout ConformanceCase) throws(JSONError) {
    var machine = try ForwardingNode(reading: &current).machine
    var now = Instant.origin
    for index in 0..<(try current.count("steps")) {
      now = now.advanced(by: spacing)
      let step = "steps.\(index)."
      let heard = ReceivedFrame(
        bytes: try current.bytes(step + "rx"),
        snrQuarterDB: try current.quarterDecibels(step + "snr"), rssiDBm: -80, receivedAt: now)
      var verdict = machine.receive(heard, at: now)
      var hold = Duration.zero
      if case .held(let until) = verdict {
        hold = now.duration(to: until)
        verdict = machine.wake(at: until)?.verdict ?? verdict
      }
      try check(verdict, hold: hold, against: step + "expect.", &current)
      try check(machine.nextTransmissions(), against: step + "expect.tx", &current)
      if current.has(step + "decoded") {
        try checkTrace(heard.bytes, against: step + "decoded.", &current)
      }
    }
  }

  private static func check(
    _ verdict: Verdict, hold: Duration, against expect: String, _ current: inout ConformanceCase
  ) throws(JSONError) {
    try current.expect(expect + "action", .string(verdict.action))
    try current.expect(
      expect + "holdMs", Double(hold.nanoseconds) / 1_000_000, within: 1)
    guard current.has(expect + "reasonAlternatives") else {
      try current.expect(expect + "reason", .string(verdict.reason))
      try current.expect(expect + "duplicate", .bool(verdict == .dropped(.duplicate)))
      return
    }
    // Where several reasons are right, which one it was also decides whether it was a duplicate.
    let reason = JSONValue.string(verdict.reason)
    try current.compare(expect + "reasonAlternatives", reason) {
      $0.array?.contains(reason) == true
    }
  }

  private static func check(
    _ sent: [OutgoingFrame], against list: String, _ current: inout ConformanceCase
  ) throws(JSONError) {
    let frames = JSONValue.array(sent.map { .string(Hex.encode($0.bytes)) })
    try current.compare(list, frames) { $0.array?.count == sent.count }
    guard try current.count(list) == sent.count else { return }
    for (index, frame) in sent.enumerated() {
      let item = "\(list).\(index)."
      try current.expect(item + "hex", bytes: frame.bytes)
      try current.expect(item + "priority", number: frame.priority)
      try current.expect(
        item + "delayMinMs", Double(frame.window.minimumMicroseconds) / 1000, within: 0.001)
      try current.expect(
        item + "delayMaxMs", Double(frame.window.maximumMicroseconds) / 1000, within: 0.001)
    }
  }

  private static func checkTrace(
    _ frame: [UInt8], against decoded: String, _ current: inout ConformanceCase
  ) throws(JSONError) {
    guard let packet = try? Packet(parsing: frame), let trace = TracePayload(packet) else {
      current.mismatch(decoded, expected: "a TRACE", got: "none")  // a bad frame is the mismatch
      return
    }
    try current.expect(decoded + "tag", number: trace.tag)
    try current.expect(decoded + "authCode", number: trace.authenticationCode)
    try current.expect(decoded + "flags", number: trace.flags)
    try current.expect(decoded + "hashWidth", number: trace.hashWidth)
    try current.expect(decoded + "hops", .array(packet.traceHops.map { .string($0) }))
    try current.expect(
      decoded + "snrQuarterDb", .array(packet.path.map { .integer(Int8(bitPattern: $0)) }))
  }
}

extension Verdict {
  /// What was done, in the words of the vector files.
  fileprivate var action: String {
    switch self {
    case .relayed: "transmit"
    case .consumed: "consume"
    case .rejected, .dropped, .held: "drop"
    }
  }
}
