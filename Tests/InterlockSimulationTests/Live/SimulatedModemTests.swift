import Interlock
import InterlockLabTesting
import InterlockRadio
import TestSupport
import Testing

@testable import InterlockSimulation

/// Two modems a kilometre apart, and what the second one reports.
private struct Pair {
  let clock = Stopwatch()
  let air: LiveAir
  let near: SimulatedModem
  let far: SimulatedModem
  let heard = Record()

  static let frame = [UInt8](repeating: 0x5A, count: 30)
  static let airtime = Duration.microseconds(443_392)

  init(faults: ModemFaults = ModemFaults()) {
    air = LiveAir(
      AirMachine(seed: 1, pathLoss: PathLoss(exponent: 3, shadowingDB: 0)),
      clock: clock)
    near = air.attach(
      Radio(position: .origin, settings: .narrow), device: "near", faults: faults)
    far = air.attach(
      Radio(position: Position(east: 1_000, north: 0), settings: .narrow), device: "far")
  }

  /// Runs air and receiver around the body.
  func play(_ body: (Pair) async throws -> Void) async throws {
    try await withThrowingTaskGroup { group in
      group.addTask { [air] in try? await air.run() }
      group.addTask { [far, heard] in try? await far.run { heard.append($0) } }
      try await clock.sleep(for: .milliseconds(1))
      try await body(self)
      try await clock.sleep(for: .seconds(5))
      group.cancelAll()
    }
  }

  final class Record: Sendable {
    private let events = Guarded([ModemEvent]())
    func append(_ event: ModemEvent) { events.withLock { $0.append(event) } }
    var frames: [[UInt8]] {
      events.withLock { $0 }.compactMap {
        guard case .received(let frame) = $0 else { return nil }
        return frame.bytes
      }
    }
    var all: [ModemEvent] { events.withLock { $0 } }
  }
}

@Suite(.tags(.race), .ownThread) struct SimulatedModemTests {
  @Test(.explored(.many(50))) func `a frame takes its airtime and arrives at its end`() async throws
  {
    let pair = Pair()
    try await pair.play { pair in
      let start = pair.clock.now
      let outcome = await pair.near.transmit(Pair.frame, sequence: 1)
      let end = start.advanced(by: Pair.airtime)
      #expect(outcome == .sent(onAir: AirInterval(start: start, end: end)))
      #expect(pair.clock.now == end)
    }
    #expect(pair.heard.frames == [Pair.frame])
    #expect(pair.heard.all.first == .connected(device: "far"))
    #expect(pair.heard.all.dropFirst().first == .noiseFloor(dBm: -120))
  }

  @Test(.explored(.many(50)))
  func `two who send together destroy each other and both are told they sent`() async throws {
    let pair = Pair()
    try await pair.play { pair in
      async let first = pair.near.transmit(Pair.frame, sequence: 1)
      async let second = pair.far.transmit(Pair.frame, sequence: 1)
      for outcome in await [first, second] {
        guard case .sent = outcome else {
          Issue.record("\(outcome)")
          return
        }
      }
    }
    #expect(pair.heard.frames == [])
  }

  @Test(.explored(.many(100)))
  func `one modem asked to send twice at once refuses and tells for how long`() async throws {
    let pair = Pair()
    try await pair.play { pair in
      async let first = pair.near.transmit(Pair.frame, sequence: 1)
      try await pair.clock.sleep(for: .milliseconds(10))
      let second = await pair.near.transmit(Pair.frame, sequence: 2)
      guard case .notSent(let error) = second else {
        Issue.record("sent twice at once: \(second)")
        return
      }
      #expect(error.code == .busy)
      _ = await first
    }
    #expect(pair.heard.frames.count == 1)
  }

  @Test(.explored(.many(100))) func `listening tells what is on the air`() async throws {
    let pair = Pair()
    try await pair.play { pair in
      #expect(try await pair.far.channelActivity() == .clear)
      async let sent = pair.near.transmit(Pair.frame, sequence: 1)
      try await pair.clock.sleep(for: .milliseconds(20))
      #expect(try await pair.far.channelActivity() == .receiving)
      #expect(try await pair.near.channelActivity() == .busy)
      _ = await sent
      #expect(try await pair.far.channelActivity() == .clear)
    }
  }

  @Test(.explored(.many(50)))
  func `a transmission runs to its end though its requester is cancelled`() async throws {
    let pair = Pair()
    try await pair.play { pair in
      await withTaskGroup { group in
        group.addTask { _ = await pair.near.transmit(Pair.frame, sequence: 1) }
        group.cancelAll()
      }
    }
    #expect(pair.heard.frames == [Pair.frame])
  }

  @Test(.explored(.many(100))) func `each fault does what it says`() async throws {
    let refusal = ModemError(.refused, "planned")
    let plan = ModemFaults(transmissions: [
      0: .refused(refusal), 1: .late(.seconds(2)), 2: .unconfirmed,
      4: .linkLost(for: .milliseconds(300)),
    ])
    let pair = Pair(faults: plan)
    try await pair.play { pair in
      let start = pair.clock.now
      #expect(await pair.near.transmit(Pair.frame, sequence: 0) == .notSent(refusal))
      #expect(pair.clock.now == start)
      let end = start.advanced(by: Pair.airtime)
      #expect(
        await pair.near.transmit(Pair.frame, sequence: 1)
          == .sent(onAir: AirInterval(start: start, end: end)))
      #expect(pair.clock.now == end.advanced(by: .seconds(2)))
      guard case .unknown = await pair.near.transmit(Pair.frame, sequence: 2) else {
        Issue.record("an unconfirmed transmission was confirmed")
        return
      }
      guard case .sent = await pair.near.transmit(Pair.frame, sequence: 3) else {
        Issue.record("a transmission without a fault failed")
        return
      }
      // The link is lost, not the power: the frame is on the air to its end.
      let quietBy = pair.clock.now.advanced(by: Pair.airtime)
      #expect(
        await pair.near.transmit(Pair.frame, sequence: 4)
          == .unknown(LiveState.unplugged, quietBy: quietBy))
      await #expect(throws: LiveState.unplugged) { try await pair.near.channelActivity() }
      #expect(
        await pair.near.transmit(Pair.frame, sequence: 5) == .notSent(LiveState.unplugged))
      try await pair.clock.sleep(for: .milliseconds(444))
      guard case .sent = await pair.near.transmit(Pair.frame, sequence: 6) else {
        Issue.record("the modem did not come back")
        return
      }
    }
    // Late, unconfirmed, plain, the one during which the link broke, and the one after it.
    #expect(pair.heard.frames.count == 5)
  }

  @Test(.explored(.many(20)), arguments: [true, false])
  func `a transmission that hangs ends with a reset`(onAir: Bool) async throws {
    let pair = Pair(
      faults: ModemFaults(transmissions: [0: .hangs(onAir: onAir)]))
    try await pair.play { pair in
      async let outcome = pair.near.transmit(Pair.frame, sequence: 1)
      try await pair.clock.sleep(for: .seconds(3))
      try await pair.near.reset()
      guard case .unknown(let error, _) = await outcome else {
        Issue.record("a reset transmission was confirmed")
        return
      }
      #expect(error.code == .timedOut)
      try await pair.near.reset()
    }
    #expect(pair.heard.frames.count == (onAir ? 1 : 0))
  }

  @Test(.explored(.many(100))) func `listening faults last as long as planned`() async throws {
    let pair = Pair(faults: ModemFaults(listening: .busyForEver))
    try await pair.play { pair in
      #expect(try await pair.near.channelActivity() == .busy)
      let heard = pair.clock.now
      pair.near.setFaults(ModemFaults(listening: .falsePreamble(at: heard)))
      #expect(try await pair.near.channelActivity() == .receiving)
      // One and a half preambles of 36.25 symbols.
      try await pair.clock.sleep(until: heard.advanced(by: .microseconds(222_720)))
      #expect(try await pair.near.channelActivity() == .clear)
      let failure = ModemError(.timedOut, "planned")
      pair.near.setFaults(ModemFaults(listening: .fails(failure)))
      await #expect(throws: failure) { try await pair.near.channelActivity() }
    }
  }

  @Test(.explored(.many(100)))
  func `an unplugged modem says so, hears nothing, and says when it is back`() async throws {
    let pair = Pair()
    try await pair.play { pair in
      pair.far.unplug()
      pair.far.unplug()
      _ = await pair.near.transmit(Pair.frame, sequence: 1)
      await #expect(throws: LiveState.unplugged) { try await pair.far.apply(.narrow) }
      await #expect(throws: LiveState.unplugged) { try await pair.far.reset() }
      pair.far.plugIn()
      _ = await pair.near.transmit([1, 2, 3], sequence: 2)
    }
    #expect(pair.heard.frames == [[1, 2, 3]])
    let links = pair.heard.all.filter {
      if case .received = $0 { return false }
      return true
    }
    #expect(
      links == [
        .connected(device: "far"), .noiseFloor(dBm: -120), .disconnected(LiveState.unplugged),
        .connected(device: "far"),
      ])
  }

  @Test(.explored(.many(100))) func `a modem on another channel hears nothing`() async throws {
    let pair = Pair()
    try await pair.play { pair in
      var elsewhere = ModemSettings.narrow
      elsewhere.lora.frequencyHz = 869_525_000
      try await pair.far.apply(elsewhere)
      _ = await pair.near.transmit(Pair.frame, sequence: 1)
    }
    #expect(pair.heard.frames == [])
  }

  @Test(.explored(.many(50)))
  func `when the air stops, what is being sent ends as unknown and nothing more is sent`()
    async throws
  {
    let pair = Pair()
    try await withThrowingTaskGroup { group in
      group.addTask { try? await pair.air.run() }
      try await pair.clock.sleep(for: .milliseconds(1))
      async let outcome = pair.near.transmit(Pair.frame, sequence: 1)
      try await pair.clock.sleep(for: .milliseconds(100))
      group.cancelAll()
      guard case .unknown(let error, _) = await outcome else {
        Issue.record("the transmission was confirmed")
        return
      }
      #expect(error.code == .disconnected)
      guard case .notSent = await pair.near.transmit(Pair.frame, sequence: 2) else {
        Issue.record("sent on a stopped air")
        return
      }
    }
  }
}
