import Interlock
import InterlockRadio
import Testing

/// Drives a machine through invented time with an invented radio, and checks its invariants after
/// every step.
struct MachineRun {
  /// What the radio does with a frame: its answer and when; nil: it never answers.
  typealias Radio = (_ frame: [UInt8], _ at: Instant) -> (
    outcome: TransmitOutcome, after: Duration
  )?

  struct Transmission: Equatable {
    var number: Int
    var start: Instant
    var end: Instant
  }

  var machine: TransmitMachine
  private(set) var now: Instant
  private(set) var finished: [Int: [TransmitReport]] = [:]
  private(set) var order: [Int] = []
  private(set) var events: [TransmitEvent] = []
  private(set) var transmissions: [Transmission] = []
  private(set) var accepted: [Int: TransmitID] = [:]
  var channel: (Instant) -> ChannelActivity? = { _ in .clear }
  var reset: (Instant) -> ModemError? = { _ in nil }
  var radio: Radio = { frame, _ in
    (.sent(onAir: nil), LoRaSettings.narrow.airtime(ofBytes: frame.count))
  }

  /// What the machine asked the modem that was not answered yet.
  private enum Answer {
    case completed(UInt64, TransmitOutcome)
  }
  private var answers: [(at: Instant, answer: Answer)] = []
  private var isInSection = false

  init(
    _ dutyCycle: DutyCyclePolicy = .unlimited, policy: TransmitPolicy = TransmitPolicy(),
    timing: ModemTiming = ModemTiming(), mode: TransmitMode = .forward, seed: UInt64 = 1,
    at now: Instant = .start
  ) {
    self.now = now
    machine = TransmitMachine(
      lora: .narrow, timing: timing, ledger: AirtimeLedger(policy: dutyCycle, at: now), mode: mode,
      policy: policy, seed: seed)
  }

  @discardableResult
  mutating func submit(_ request: TransmitRequest) -> Submission {
    let submission = machine.submit(request, at: now)
    if case .accepted(let id) = submission { accepted[number(of: request.frame)] = id }
    check()
    return submission
  }

  mutating func cancel(_ number: Int) {
    if let id = accepted[number] { machine.cancel(id, at: now) }
    check()
  }

  mutating func change<Result>(_ body: (inout TransmitMachine, Instant) -> Result) -> Result {
    defer { check() }
    return body(&machine, now)
  }

  var snapshot: TransmitSnapshot { machine.snapshot(at: now) }

  func result(_ number: Int) -> TransmitResult? { finished[number]?.first?.result }

  var messages: [String] { events.map(\.message) }

  /// Runs until nothing is left to do before `end`, then stands at `end`.
  mutating func run(until end: Instant) {
    while true {
      let wake = settle()
      let next = [wake, answers.map(\.at).min()].compactMap { $0 }.min()
      guard let next, next <= end else { break }
      precondition(next > now || !answers.isEmpty, "time stands still at \(now)")
      now = max(now, next)
      deliverAnswers()
    }
    now = end
    check()
  }

  mutating func run(for duration: Duration) { run(until: now.advanced(by: duration)) }

  /// Does all there is to do now.
  private mutating func settle() -> Instant? {
    while true {
      let step: TransmitStep
      if isInSection {
        step = machine.step(at: now)
      } else {
        switch machine.poll(at: now) {
        case .wait(let until):
          check()
          return until
        case .stop:
          check()
          return nil
        case .takeSection:
          isInSection = true
          step = machine.enter(at: now)
        }
      }
      check()
      switch step {
      case .record(let call): machine.recorded(call, at: now)
      case .listen(let call): machine.heard(call, channel(now), at: now)
      case .send(let call): send(call)
      case .reset(let call): machine.resetEnded(call, error: reset(now), at: now)
      case .wait(let until): return until
      case .leave: isInSection = false
      }
      check()
    }
  }

  private mutating func send(_ call: UInt64) {
    guard let frame = machine.launch(call, at: now) else { return }
    let answer = radio(frame, now)
    let duration = answer?.after ?? .zero
    transmissions.append(
      Transmission(number: number(of: frame), start: now, end: now.advanced(by: duration)))
    guard let answer else { return }
    answers.append((now.advanced(by: answer.after), .completed(call, answer.outcome)))
  }

  private mutating func deliverAnswers() {
    let due = answers.filter { $0.at <= now }
    answers.removeAll { $0.at <= now }
    for (_, answer) in due {
      switch answer {
      case .completed(let call, let outcome): machine.completed(call, outcome, at: now)
      }
      check()
    }
  }

  private mutating func check() {
    while let effect = machine.nextEffect() {
      switch effect {
      case .event(let event): events.append(event)
      case .finished(let id, let report):
        let number = Int(report.label.identifier)
        finished[number, default: []].append(report)
        order.append(number)
        if finished[number]?.count != 1 { Issue.record("\(id) was finished twice") }
      }
    }
    let snapshot = machine.snapshot(at: now)
    if !snapshot.isConserved {
      Issue.record("accepted packets are not conserved at \(now): \(snapshot.counters)")
    }
    if snapshot.inFlight > 1 { Issue.record("\(snapshot.inFlight) packets in flight") }
  }
}

/// A failure before emission.
let refusal = ModemError(.refused, "no")
