import Interlock
import InterlockRadio
import TestSupport

/// A modem that does with each frame what a script says, and watches how it is treated: no two calls
/// may ever overlap.
final class ScriptedModem: Modem {
  enum Answer: Sendable {
    /// On the air for its airtime, then confirmed.
    case sends
    case refuses(after: Duration)
    case wonders(after: Duration)
    /// Confirmed so long after it began.
    case sendsLate(after: Duration)
    /// The call returns only when the test lets it.
    case neverReturns
  }

  struct Transmission: Sendable, Equatable {
    var number: Int
    var start: Instant
    var end: Instant?
  }

  struct Log: Sendable {
    var transmissions: [Transmission] = []
    var settings: [ModemSettings] = []
    var listens = 0
    var resets = 0
    /// What ran beside what; must stay empty.
    var overlaps: [String] = []
    fileprivate var applies = 0
    fileprivate var active: [String] = []
    fileprivate var isDeaf = false
    fileprivate var attempts: [Int: Int] = [:]
    fileprivate var sequences: [UInt64] = []
    fileprivate var parked: [CheckedContinuation<Void, Never>] = []
  }

  typealias Script = @Sendable (_ number: Int, _ attempt: Int) -> Answer

  private let timing: ModemTiming
  private let clock: any MonotonicClock
  private let script: Script
  private let channel: @Sendable (Instant) -> ChannelActivity
  private let listenTime: Duration
  private let applyTime: @Sendable (_ attempt: Int) -> Duration
  private let airtime: @Sendable (Int) -> Duration
  private let state = Guarded(Log())

  init(
    _ clock: any MonotonicClock = Stopwatch(), timing: ModemTiming = ModemTiming(),
    listenTime: Duration = .zero,
    applyTime: @escaping @Sendable (_ attempt: Int) -> Duration = { _ in .zero },
    channel: @escaping @Sendable (Instant) -> ChannelActivity = { _ in .clear },
    airtime: @escaping @Sendable (Int) -> Duration = { LoRaSettings.narrow.airtime(ofBytes: $0) },
    script: @escaping Script = { _, _ in .sends }
  ) {
    self.clock = clock
    self.timing = timing
    self.listenTime = listenTime
    self.applyTime = applyTime
    self.channel = channel
    self.airtime = airtime
    self.script = script
  }

  var log: Log { state.withLock { $0 } }
  var order: [Int] { log.transmissions.map(\.number) }

  /// Lets calls that never returned return after all.
  func release() {
    let parked = state.withLock { log in
      defer { log.parked = [] }
      return log.parked
    }
    for continuation in parked { continuation.resume() }
  }

  // MARK: Modem

  func run(deliver: @escaping @Sendable (ModemEvent) async -> Void) async throws {
    var count = 0
    while true {
      try await clock.sleep(for: .milliseconds(7))
      count += 1
      let frame = ReceivedFrame(
        bytes: [UInt8(truncatingIfNeeded: count)], snrQuarterDB: nil, rssiDBm: nil,
        receivedAt: clock.now)
      await deliver(.received(frame))
    }
  }

  func transmit(_ frame: [UInt8], sequence: UInt64) async -> TransmitOutcome {
    let number = number(of: frame)
    let (index, attempt) = state.withLock { log in
      log.enter("transmit \(number)")
      if let last = log.sequences.last, last >= sequence {
        log.overlaps.append("sequence \(sequence) after \(last)")
      }
      log.sequences.append(sequence)
      log.attempts[number, default: 0] += 1
      log.transmissions.append(Transmission(number: number, start: clock.now))
      return (log.transmissions.count - 1, log.attempts[number] ?? 0)
    }
    let outcome: TransmitOutcome
    switch script(number, attempt) {
    case .sends:
      try? await clock.sleep(for: airtime(frame.count))
      outcome = .sent(onAir: nil)
    case .sendsLate(let duration):
      try? await clock.sleep(for: duration)
      outcome = .sent(onAir: nil)
    case .refuses(let duration):
      try? await clock.sleep(for: duration)
      outcome = .notSent(refusal)
    case .wonders(let duration):
      try? await clock.sleep(for: duration)
      outcome = .unknown(refusal)
    case .neverReturns:
      await withCheckedContinuation { continuation in
        state.withLock { $0.parked.append(continuation) }
      }
      outcome = .sent(onAir: nil)
    }
    state.withLock { log in
      log.transmissions[index].end = clock.now
      log.leave("transmit \(number)")
    }
    return outcome
  }

  func channelActivity() async throws(ModemError) -> ChannelActivity {
    state.withLock { log in
      log.enter("listen")
      log.listens += 1
    }
    if listenTime > .zero { try? await clock.sleep(for: listenTime) }
    state.withLock { $0.leave("listen") }
    return channel(clock.now)
  }

  /// Its transmitter is keyed for the delay and the tail it is told.
  func timing(with settings: ModemSettings) -> ModemTiming {
    var timing = self.timing
    timing.keying += settings.access.map { $0.transmitDelay + $0.transmitTail } ?? .zero
    return timing
  }

  func apply(_ settings: ModemSettings) async throws(ModemError) {
    let time = state.withLock { log in
      log.enter("apply")
      log.applies += 1
      return applyTime(log.applies)
    }
    if time > .zero { try? await clock.sleep(for: time) }
    state.withLock { log in
      log.leave("apply")
      log.settings.append(settings)
    }
  }

  func reset() async throws(ModemError) {
    state.withLock { log in
      log.active = []  // whatever was under way is aborted
      log.resets += 1
    }
  }
}

extension ScriptedModem.Log {
  fileprivate mutating func enter(_ call: String) {
    for other in active { overlaps.append("\(call) beside \(other)") }
    active.append(call)
  }

  fileprivate mutating func leave(_ call: String) {
    if let index = active.firstIndex(of: call) { active.remove(at: index) }
  }
}
