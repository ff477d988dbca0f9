internal import Interlock
internal import InterlockRadio
internal import InterlockSimulation
internal import InterlockWire

extension ConformanceChecker {
  /// dutycycle.json: the rolling minute, exactly, and the firmware's budget, within two milliseconds.
  static let dutyCycle = ConformanceChecker(
    schema: "interlock.meshcore.dutycycle/1",
    lists: [
      List("rollingWindow") { (current) throws(JSONError) in try checkRolling(&current) },
      List("firmwareBudget") { (current) throws(JSONError) in try checkFirmware(&current) },
    ])

  /// No run of a case takes more than this, whatever a file says: a month.
  private static let longestRunMilliseconds: Int64 = 31 * 86_400_000

  // MARK: The rolling minute

  private static func checkRolling(_ current: inout ConformanceCase) throws(JSONError) {
    let cap = try current.duration("capMs", unit: 1e6)
    let window = try current.duration("windowS", unit: 1e9)
    guard window > .zero else {
      throw JSONError("windowS: a window lasts more than 0 s", at: current.value.position)
    }
    let enforced: Bool = try current.input("enforcementEnabled")
    // Switched off, it goes on counting the same way.
    var ledger = AirtimeLedger(
      policy: .perMinute(enforced ? cap : RollingBudget.longestWindow, window: window),
      at: .origin)
    for index in 0..<(try current.count("events")) {
      try checkRolling(event: "events.\(index)", &ledger, cap, window, &current)
    }
  }

  private static func checkRolling(
    event: String, _ ledger: inout AirtimeLedger, _ cap: Duration, _ window: Duration,
    _ current: inout ConformanceCase
  ) throws(JSONError) {
    let now = Instant.origin.advanced(by: try current.duration("\(event).atS", unit: 1e9))
    let airtime = try current.duration("\(event).airtimeMs", unit: 1e6)
    let succeeds: Bool = try current.input("\(event).radioSucceeds")
    var wait = ledger.referenceWait(window: window, at: now)
    var isAllowed = false
    if case .granted(let id) = ledger.reserve(airtime, share: .full, at: now) {
      let failure = ModemError(.refused, "as the case has it")
      ledger.settle(id, as: succeeds ? .sent(onAir: nil) : .notSent(failure), at: now)
      isAllowed = true
      wait = .zero
    }
    try current.expect("\(event).allowed", .bool(isAllowed))
    try current.expect("\(event).waitS", Double(wait.nanoseconds) / 1e9, within: 1e-6)
    let used = Double(ledger.airtime(inLast: window, at: now).nanoseconds)
    if current.has("\(event).windowAirtimeMsAfter") {
      try current.expect("\(event).windowAirtimeMsAfter", used / 1e6, within: 1e-6)
    }
    if current.has("\(event).utilizationPercentAfter") {
      let percent = used / Double(cap.nanoseconds) * 100
      try current.expect("\(event).utilizationPercentAfter", percent, within: 1e-5)
    }
  }

  // MARK: The firmware's budget

  private static func checkFirmware(_ current: inout ConformanceCase) throws(JSONError) {
    let lora = try current.modulation("radio")
    let settings = FirmwareBudget.Settings(
      airtimeFactor: Float(try current.input("airtimeFactor", as: Double.self)),
      window: try current.duration("windowMs", unit: 1e6), longestAirtimeMilliseconds: 0)
    do throws(DutyCyclePolicyError) {
      try DutyCyclePolicy.firmwareBudget(settings).validate()
    } catch { throw JSONError("\(error)", at: current.value.position) }
    var dispatcher = FirmwareDispatcher(
      lora: lora,
      budget: FirmwareBudget.Settings(
        airtimeFactor: settings.airtimeFactor, window: settings.window, for: lora))
    try current.expect("dutyCycle", Double(settings.dutyCycle), within: 1e-6)
    try current.expect(
      "budgetAtStartMs", Double(dispatcher.budgetMilliseconds), within: 2)

    let duration: Int64 = try current.input("durationMs")
    let busy: Int64 = try current.input("channelBusyForMs")
    guard (0...longestRunMilliseconds).contains(duration) else {
      throw JSONError("durationMs: at most 31 days", at: current.value.position)
    }
    dispatcher.run(
      try offers(&current), forMilliseconds: duration, channelBusyUntil: busy)
    try compare(dispatcher, &current)
  }

  private static func offers(
    _ current: inout ConformanceCase
  ) throws(JSONError) -> [FirmwareDispatcher.Offer] {
    var offers: [FirmwareDispatcher.Offer] = []
    for index in 0..<(try current.count("enqueue")) {
      let bytes = try current.frameLength("enqueue.\(index).bytes")
      offers.append(
        .init(
          at: try current.input("enqueue.\(index).atMs"), bytes: bytes,
          priority: try current.input("enqueue.\(index).priority")))
    }
    return offers
  }

  private static func compare(
    _ dispatcher: FirmwareDispatcher, _ current: inout ConformanceCase
  ) throws(JSONError) {
    let made = dispatcher.transmissions
    let wanted = try current.count("transmissions")
    if made.count != wanted {
      current.mismatch("transmissions", expected: "\(wanted)", got: "\(made.count)")
    }
    for (index, transmission) in made.prefix(wanted).enumerated() {
      try current.expect("transmissions.\(index).bytes", number: transmission.bytes)
      try current.expect(
        "transmissions.\(index).startMs", Double(transmission.start), within: 2)
    }
    try current.expect("budgetAtEndMs", Double(dispatcher.budgetMilliseconds), within: 2)
    try current.expect("totalAirtimeMs", Double(dispatcher.airtimeMilliseconds), within: 2)
    try current.expect("rejectedPoolFull", number: dispatcher.rejected)
    try current.expect("errorFlags", number: dispatcher.flags.rawValue)
  }
}

extension ConformanceCase {
  /// The number at `path` in units of so many nanoseconds, from nothing to a year.
  fileprivate mutating func duration(
    _ path: String, unit nanoseconds: Double
  ) throws(JSONError) -> Duration {
    let value: Double = try input(path)
    let scaled = (value * nanoseconds).rounded()
    guard scaled >= 0, scaled <= Double(RollingBudget.longestWindow.nanoseconds) else {
      throw JSONError("\(path): \(value) is no time from 0 to a year", at: self.value.position)
    }
    return .nanoseconds(Int64(scaled))
  }
}
