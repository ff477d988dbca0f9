import Interlock
import InterlockRadio
import TestSupport
import Testing

/// Random histories against what must hold in all of them; `MachineRun` checks conservation and that
/// nothing is finished twice after every single step.
@Suite(.tags(.property), .ownThread) struct TransmitPropertyTests {
  private struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  @Test(arguments: 0..<10)
  func `radio.D1 random histories keep every promise, that of the allowance above all`(
    block: Int
  ) throws {
    for seed in UInt64(block * 100)..<UInt64(block * 100 + 100) {
      do { try history(seed) } catch { throw Failure(description: "seed \(seed): \(error)") }
    }
  }

  private func history(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var policy = TransmitPolicy()
    policy.capacity = Int.random(in: 1...12, using: &random)
    policy.checksOnScheduling = Bool.random(using: &random)
    policy.listensBeforeTalk = Bool.random(using: &random)
    if Bool.random(using: &random) { policy.listenExhaustion = .requeuesOnce }
    if Bool.random(using: &random) { policy.holdsOverBudget = [] }
    let allowance = Duration.milliseconds([300, 1000, 5000].randomElement(using: &random) ?? 300)
    var run = MachineRun(.minute(allowance), policy: policy, seed: seed)

    var radioRandom = SeededGenerator(seed: seed &+ 1)
    var trouble = 10
    var air: [AirInterval] = []
    run.radio = { frame, now in
      let airtime = LoRaSettings.narrow.airtime(ofBytes: frame.count)
      let limit = ModemTiming().sendDeadline.limit(airtime: airtime, longestAirtime: .zero)
      // Emits at any time up to `duration`; the answer, or its absence, does not tell when.
      func emit(within duration: Duration) {
        let slack = (min(duration, limit) - airtime).nanoseconds
        let start = now.advanced(byNanoseconds: Int64.random(in: 0...slack, using: &radioRandom))
        air.append(AirInterval(start: start, end: start.advanced(by: airtime)))
      }
      switch Int.random(in: 0..<100, using: &radioRandom) {
      case ..<trouble:
        return (.notSent(refusal), airtime / 10)
      case ..<(2 * trouble):
        emit(within: airtime)
        return (.unknown(refusal), airtime)
      case ..<(5 * trouble / 2):
        emit(within: limit)
        return nil
      case ..<(3 * trouble):
        emit(within: airtime * 5)
        return (.sent(onAir: nil), airtime * 5)
      default:
        emit(within: airtime * 5 / 4)
        return (.sent(onAir: nil), airtime * 5 / 4)
      }
    }
    var channelRandom = SeededGenerator(seed: seed &+ 2)
    run.channel = { _ in
      [.clear, .clear, .busy, .receiving, .left, nil].randomElement(using: &channelRandom) ?? nil
    }
    var resetRandom = SeededGenerator(seed: seed &+ 3)
    run.reset = { _ in
      Int.random(in: 0..<3, using: &resetRandom) == 0 ? ModemError(.disconnected, "gone") : nil
    }

    for step in 0..<Int.random(in: 1...150, using: &random) {
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<13:
        let kind = PacketKind.allCases.randomElement(using: &random) ?? .flood
        run.submit(
          request(
            step, kind, origin: Int.random(in: 0..<4, using: &random) == 0 ? .local : .relay,
            priority: kind.isFlooded ? Int.random(in: 1...63, using: &random) : 0,
            delay: .milliseconds(Int.random(in: 0...2000, using: &random)),
            bytes: Int.random(in: 4...60, using: &random), at: run.now))
      case 13, 14: run.cancel(Int.random(in: 0...step, using: &random))
      case 15:
        let mode = TransmitMode.allCases.randomElement(using: &random) ?? .forward
        run.change { machine, now in machine.setMode(mode, at: now) }
      case 16:
        run.change { machine, now in machine.radioReturned(at: now) }
      case 17: trouble = [0, 10, 33].randomElement(using: &random) ?? 0
      default: run.run(for: .milliseconds(Int.random(in: 0...30_000, using: &random)))
      }
      let waiting = run.snapshot.delayed + run.snapshot.ready
      if waiting > policy.capacity {
        throw Failure(description: "\(waiting) wait where \(policy.capacity) may")
      }
    }
    if Bool.random(using: &random) {
      run.change { machine, now in machine.shutdown(at: now) }
    } else {
      run.change { machine, now in machine.setMode(.forward, at: now) }
      trouble = 0
    }
    run.run(for: .seconds(4000))
    if run.snapshot.pending != 0 {
      throw Failure(description: "\(run.snapshot.pending) packets were never finished")
    }
    for number in run.accepted.keys where run.finished[number]?.count != 1 {
      throw Failure(description: "packet \(number): \(run.finished[number] ?? [])")
    }
    try checkAir(air, allowance: allowance)
  }

  /// What was on the air never exceeds the allowance in any minute, by brute force.
  private func checkAir(_ air: [AirInterval], allowance: Duration) throws {
    let minute = Duration.seconds(60)
    for end in air.flatMap({ [$0.end, $0.start.advanced(by: minute)] }) {
      let start = end.advanced(by: .zero - minute)
      let sum = air.reduce(Duration.zero) { sum, interval in
        sum + max(.zero, max(start, interval.start).duration(to: min(end, interval.end)))
      }
      if sum > allowance {
        throw Failure(description: "\(sum) of \(allowance) in the minute before \(end)")
      }
    }
  }
}
