import Interlock
import InterlockLabTesting
import InterlockModems
import InterlockRadio
import TestSupport
import Testing

@Suite(.tags(.race), .ownThread, .timeLimit(.minutes(10))) struct MeshCoreModemDriverTests {
  @Test(.explored(.many(100))) func `a modem is configured and says who it is`() async throws {
    let bench = Workbench()
    let board = bench.board(0xAB)
    bench.plug(board)
    try await bench.run(bench.driver()) { recorder in
      try await recorder.untilConnected()
      #expect(
        recorder.all.first == .connected(device: "MeshCore modem abababab on port 0"))
      #expect(board.modem.settings.spreadingFactor == 9)
      #expect(board.modem.radio.frequencyHz == 868_000_000)
      #expect(board.modem.powerDBm == 14)
      #expect(bench.clock.now == .origin.advanced(by: .milliseconds(750)))
    }
  }

  @Test(.explored(.many(100))) func `a frame that another modem sent is delivered with its signal`()
    async throws
  {
    let bench = Workbench()
    let (near, far) = (bench.board(1), bench.board(2))
    bench.plug(near)
    try await bench.run(bench.driver()) { recorder in
      try await recorder.untilConnected()
      far.step { modem, now in
        modem.receive(HardwareRequest.setRadio(near.modem.radio).frame.encoded(), at: now)
        modem.receive(KISSFrame(command: 2, data: [255]).encoded(), at: now)
        modem.receive(KISSFrame(command: 0, data: [9, 8, 7]).encoded(), at: now)
      }
      // The far board has no host that keeps its time: move it by hand.
      try await bench.clock.sleep(for: .milliseconds(500))
      far.step { modem, now in modem.timePassed(at: now) }
      try await bench.clock.sleep(for: .seconds(1))
      far.step { modem, now in modem.timePassed(at: now) }
      try await recorder.until { _ in !recorder.frames.isEmpty }
      let heard = try #require(recorder.frames.first)
      #expect(heard.bytes == [9, 8, 7] && heard.snrQuarterDB == 26 && heard.rssiDBm == -71)
    }
  }

  @Test(.explored(.many(200))) func `radio.R7 error 7 is no verdict: the report decides`()
    async throws
  {
    let bench = Workbench()
    let board = bench.board(1)
    bench.plug(board)
    let driver = bench.driver()
    try await bench.run(driver) { recorder in
      try await recorder.untilConnected()
      board.step { modem, _ in modem.faults.complainsOfBusy = true }
      let outcome = await driver.transmit([1, 2, 3], sequence: 1)
      try #require(outcome == .sent(onAir: nil))
    }
  }

  @Test(.explored(.many(100))) func `a transmission the modem would not confirm is unknown`()
    async throws
  {
    let bench = Workbench()
    let board = bench.board(1)
    bench.plug(board)
    let driver = bench.driver()
    try await bench.run(driver) { recorder in
      try await recorder.untilConnected()
      board.step { modem, _ in modem.faults.deniesReports = true }
      guard case .unknown(let error, _) = await driver.transmit([1], sequence: 1) else {
        Issue.record("not unknown")
        return
      }
      #expect(error.code == .unconfirmed)
    }
  }

  @Test(.explored(.many(300)))
  func `radio.R6 unplugged mid-send, back under another name: unknown, then traffic again`()
    async throws
  {
    let places = [
      LinkCandidate("port 0", isCertain: true), LinkCandidate("port 1", isCertain: false),
    ]
    let bench = Workbench(places: places)
    let (board, stranger) = (bench.board(1), bench.board(2))
    bench.plug(board)
    let driver = bench.driver()
    let isAnotherThere = choose(2) == 1
    try await bench.run(driver) { recorder in
      try await recorder.untilConnected()
      // A frame whose signal values never come, because the line is gone before them.
      board.step { modem, _ in
        modem.emit(KISSFrame(command: 0, data: [0xAA, 0xAA]).encoded())
        modem.emit([0xC0, 0x00, 0x55])
      }
      async let sending = driver.transmit([1, 2, 3], sequence: 1)
      try await bench.clock.sleep(for: .milliseconds(1 + choose(100)))
      bench.unplug()
      guard case .unknown = await sending else {
        throw Failed("the outcome of a lost transmission is not unknown")
      }
      // While it is away nothing is sent, and said so.
      guard case .notSent = await driver.transmit([4], sequence: 2) else {
        throw Failed("sent without a modem")
      }
      board.step { modem, _ in modem.restart() }
      // Another modem sits where it was; it must not be taken for it, nor keep it from being found.
      if isAnotherThere { bench.plug(stranger, at: 1) } else { bench.plug(board, at: 1) }
      if isAnotherThere {
        try await bench.clock.sleep(for: .seconds(60))
        try #require(stranger.modem.powerDBm == 20, "a stranger was configured")
        bench.unplug(1)
        bench.plug(board, at: 1)
      }
      try await recorder.untilConnected(times: 2)
      try #require(board.modem.powerDBm == 14, "not configured anew")
      board.step { modem, _ in modem.heard([0xBB], snrQuarterDB: 4, rssiDBm: -90) }
      try await recorder.until { _ in recorder.frames.contains { $0.bytes == [0xBB] } }
      for frame in recorder.frames {
        let isOld = frame.bytes == [0xAA, 0xAA]
        try #require(frame.bytes == [0xBB] || isOld, "a stale half frame")
        try #require(frame.snrQuarterDB == (isOld ? nil : 4), "stale pairing")
      }
      let outcome = await driver.transmit([5], sequence: 3)
      try #require(outcome == .sent(onAir: nil))
    }
  }

  @Test(.explored(.many(200)))
  func `radio.C8 a report that comes after a reset is never credited to the next frame`()
    async throws
  {
    let bench = Workbench()
    let board = bench.board(1)
    bench.plug(board)
    let driver = bench.driver()
    try await bench.run(driver) { recorder in
      try await recorder.untilConnected()
      board.step { modem, _ in modem.faults.reportDelay = .seconds(2) }
      async let first = driver.transmit([1], sequence: 1)
      try await bench.clock.sleep(for: .seconds(1))
      // Late, but within what the modem may take: the reset waits for the report.
      try await driver.reset()
      let outcome = await first
      guard case .unknown(let error, _) = outcome, error.code == .timedOut else {
        throw Failed("\(outcome)")
      }
      board.step { modem, _ in
        modem.faults.reportDelay = .zero
        modem.faults.deniesReports = true
      }
      guard case .unknown(let next, _) = await driver.transmit([2], sequence: 2) else {
        throw Failed("credited with another's report")
      }
      try #require(next.code == .unconfirmed)
    }
  }

  @Test(.explored(.many(100)))
  func `a report that never comes costs the link, and the next one works`() async throws {
    let bench = Workbench()
    let board = bench.board(1)
    bench.plug(board)
    let driver = bench.driver()
    try await bench.run(driver) { recorder in
      try await recorder.untilConnected()
      board.step { modem, _ in modem.faults.forgetsReports = true }
      async let first = driver.transmit([1], sequence: 1)
      try await bench.clock.sleep(for: .seconds(5))
      let error = await #expect(throws: ModemError.self) { try await driver.reset() }
      #expect(error?.code == .timedOut)
      guard case .unknown = await first else {
        Issue.record("not unknown")
        return
      }
      board.step { modem, _ in modem.faults.forgetsReports = false }
      try await recorder.untilConnected(times: 2)
      #expect(await driver.transmit([2], sequence: 2) == .sent(onAir: nil))
    }
  }

  @Test(.explored(.many(100)))
  func `other settings are put in force and checked; refused ones leave the old`() async throws {
    let bench = Workbench()
    let board = bench.board(1)
    bench.plug(board)
    let driver = bench.driver()
    var wanted = Workbench.settings
    wanted.lora.spreadingFactor = 7
    let good = wanted
    wanted.transmitPowerDBm = 77
    let bad = wanted
    try await bench.run(driver) { recorder in
      try await recorder.untilConnected()
      try await driver.apply(good)
      #expect(board.modem.radio.spreadingFactor == 7)
      let error = await #expect(throws: ModemError.self) { try await driver.apply(bad) }
      #expect(error?.code == .refused)
      // The channel had been changed before the power was refused.
      try await bench.clock.sleep(for: .seconds(1))
      #expect(board.modem.radio.spreadingFactor == 7 && board.modem.powerDBm == 14)
      bench.unplug()
      board.step { modem, _ in modem.restart() }
      bench.plug(board)
      try await recorder.untilConnected(times: 2)
      #expect(board.modem.radio.spreadingFactor == 7 && board.modem.powerDBm == 14)
    }
  }

  @Test(.explored(.many(50)))
  func `radio.C10 settings for a modem that comes later are those it is configured with`()
    async throws
  {
    let bench = Workbench()
    let board = bench.board(1)
    let driver = bench.driver()
    let pipeline = TransmitPipeline(
      modem: driver, settings: Workbench.settings,
      ledger: AirtimeLedger(policy: .unlimited, at: bench.clock.now), clock: bench.clock,
      seed: 1)
    var other = Workbench.settings
    other.lora.spreadingFactor = 7
    let wanted = other
    try await bench.run(driver) { recorder in
      try await pipeline.apply(wanted)
      bench.plug(board)
      try await recorder.untilConnected()
      try #require(board.modem.settings.spreadingFactor == 7)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await pipeline.run() }
        let now = bench.clock.now
        let report = try await pipeline.transmit(
          TransmitRequest(
            frame: [1, 2, 3], label: PacketLabel(identifier: 1, type: "x", route: "flood"),
            origin: .local, kind: .flood, priority: 0, receivedAt: now))
        try #require(report.airtime == wanted.lora.airtime(ofBytes: 3))
        await pipeline.stop()
        try await group.waitForAll()
      }
    }
  }

  @Test(.explored(.many(100)))
  func `settings refused on connecting end the run: no reconnecting cures them`() async throws {
    let error = await #expect(throws: ModemError.self) {
      let bench = Workbench()
      let board = bench.board(1)
      board.step { modem, _ in modem.faults.refusesSettings = true }
      bench.plug(board)
      try await bench.run(bench.driver()) { recorder in
        try await bench.clock.sleep(for: .seconds(60))
      }
    }
    #expect(error?.code == .refused)
  }

  @Test(.explored(.many(100)))
  func `a silent device is tried again and again, ever less often, and reported once`() async throws
  {
    let bench = Workbench()
    let board = bench.board(1)
    board.step { modem, _ in modem.faults.ignoresCommands = true }
    bench.plug(board)
    try await bench.run(bench.driver()) { recorder in
      try await bench.clock.sleep(for: .seconds(600))
      #expect((15...30).contains(bench.opened))
      #expect(recorder.all.count == 1)
      board.step { modem, _ in modem.faults.ignoresCommands = false }
      try await recorder.untilConnected()
    }
  }

  @Test(.explored(.many(100)))
  func `a device that falls silent while idle is noticed by its polls`() async throws {
    let bench = Workbench()
    let board = bench.board(1)
    bench.plug(board)
    try await bench.run(bench.driver()) { recorder in
      try await recorder.until { $0.contains(.noiseFloor(dBm: -115)) }
      board.step { modem, _ in modem.faults.ignoresCommands = true }
      try await recorder.until { events in
        events.contains { if case .disconnected = $0 { true } else { false } }
      }
      #expect(bench.clock.now < .origin.advanced(by: .seconds(90)))
    }
  }

  @Test(.explored(.many(100)))
  func `the channel is asked about while a poll waits, without waiting for it`() async throws {
    let bench = Workbench()
    let board = bench.board(1)
    bench.plug(board)
    let driver = bench.driver()
    try await bench.run(driver) { recorder in
      try await recorder.until { $0.contains(.noiseFloor(dBm: -115)) }
      board.step { modem, _ in modem.faults.ignoresCommands = true }
      // The next poll is under way and gets no answer.
      try await bench.clock.sleep(for: .seconds(31))
      board.step { modem, now in
        modem.faults.ignoresCommands = false
        modem.occupied(until: now.advanced(by: .seconds(1)))
      }
      let asked = bench.clock.now
      #expect(try await driver.channelActivity() == .receiving)
      #expect(bench.clock.now == asked)
      try await bench.clock.sleep(for: .seconds(2))
      #expect(try await driver.channelActivity() == .clear)
      board.step { modem, _ in modem.faults.ignoresCommands = true }
      let error = await #expect(throws: ModemError.self) { try await driver.channelActivity() }
      #expect(error?.code == .timedOut)
    }
  }

  @Test(.explored(.many(100))) func `garbage between frames costs nothing but itself`() async throws
  {
    let bench = Workbench()
    let board = bench.board(1)
    bench.plug(board)
    let driver = bench.driver()
    try await bench.run(driver) { recorder in
      try await recorder.untilConnected()
      var draws = SeededGenerator(seed: UInt64(choose(1000)))
      for number in 0..<20 {
        let garbage = (0..<Int.random(in: 0...600, using: &draws)).map { _ in
          // No delimiter: what lies between two of them is a frame, however mad.
          UInt8.random(in: 0...0xBF, using: &draws)
        }
        board.step { modem, _ in
          modem.emit([0xC0, 0x06, 0xEE] + garbage + [0xC0])
          modem.heard([UInt8(number)], snrQuarterDB: 8, rssiDBm: -60)
        }
        let outcome = await driver.transmit([1], sequence: UInt64(number))
        try #require(outcome == .sent(onAir: nil))
      }
      try await recorder.until { _ in recorder.frames.count == 20 }
      try #require(
        recorder.frames.map(\.bytes) == (0..<20).map { [UInt8($0)] })
      try #require(recorder.frames.allSatisfy { $0.snrQuarterDB == 8 })
    }
  }

  @Test(.explored(.many(100)))
  func `a transmission runs to its end though its requester is cancelled`() async throws {
    let bench = Workbench()
    bench.plug(bench.board(1))
    let driver = bench.driver()
    try await bench.run(driver) { recorder in
      try await recorder.untilConnected()
      await withTaskGroup(of: TransmitOutcome.self) { group in
        group.addTask { await driver.transmit([1, 2], sequence: 1) }
        group.cancelAll()
        let outcome = await group.next()
        #expect(outcome == .sent(onAir: nil))
      }
    }
  }

  @Test(.explored(.many(100))) func `stopping answers whoever still waits`() async throws {
    let bench = Workbench()
    let board = bench.board(1)
    bench.plug(board)
    let driver = bench.driver()
    let started = Doorbell()
    let outcome = try await withThrowingTaskGroup(of: TransmitOutcome?.self) { group in
      group.addTask {
        try await bench.run(driver) { recorder in
          try await recorder.untilConnected()
          board.step { modem, _ in modem.faults.forgetsReports = true }
          started.ring()
          try await bench.clock.sleep(for: .seconds(1))
        }
        return nil
      }
      _ = await started.wait()
      group.addTask { await driver.transmit([1], sequence: 1) }
      var outcome: TransmitOutcome?
      for try await result in group { outcome = result ?? outcome }
      return outcome
    }
    guard case .unknown(let error, _)? = outcome else {
      Issue.record("\(String(describing: outcome))")
      return
    }
    #expect(error.code == .disconnected)
  }
}

struct Failed: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
