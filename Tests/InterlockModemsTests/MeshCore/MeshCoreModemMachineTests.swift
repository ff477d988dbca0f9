import Interlock
import InterlockModems
import InterlockRadio
import Testing

@Suite struct MeshCoreModemMachineTests {
  /// A machine that is connected and configured, and the time.
  static func ready(
    options: MeshCoreModemOptions = MeshCoreModemOptions()
  ) -> (machine: MeshCoreModemMachine, now: Instant) {
    var options = options
    options.pollInterval = nil
    var machine = MeshCoreModemMachine(settings: Workbench.settings, options: options)
    var modem = EmulatedKISSModem(
      publicKey: Array(repeating: 7, count: 32), deviceName: "test", seed: 1)
    let now = Instant.origin.advanced(by: .seconds(1))
    machine.linkOpened(name: "line", identity: nil, at: .origin)
    machine.timePassed(at: now)
    while !machine.isReady {
      for case .write(let bytes) in machine.takeActions() { modem.receive(bytes, at: now) }
      let actions = modem.takeActions()
      guard !actions.isEmpty else { break }
      for case .write(let bytes) in actions { machine.receive(bytes, at: now) }
    }
    _ = machine.takeActions()
    return (machine, now)
  }

  static func frame(_ bytes: [UInt8]) -> [UInt8] { KISSFrame(command: 0, data: bytes).encoded() }
  static func values(_ snr: Int8, _ rssi: Int8) -> [UInt8] {
    HardwareReply.receiveMetadata(snrQuarterDB: snr, rssiDBm: rssi).frame.encoded()
  }
  static func frames(_ actions: [ModemAction]) -> [ReceivedFrame] {
    actions.compactMap { if case .event(.received(let frame)) = $0 { frame } else { nil } }
  }

  /// Why a request was refused, when nothing else happened.
  static func refusal(_ actions: [ModemAction], of id: UInt64) -> ModemError? {
    guard actions.count == 1, case .answer(id, .outcome(.notSent(let error)))? = actions.first
    else { return nil }
    return error
  }

  @Test func `configuration asks in the order of the protocol and then is ready`() {
    var machine = MeshCoreModemMachine(settings: Workbench.settings)
    machine.linkOpened(name: "line", identity: nil, at: .origin)
    // A board that restarts talks nonsense; nothing is asked and nothing believed meanwhile.
    machine.receive(HardwareReply.transmitDone(isConfirmed: true).frame.encoded(), at: .origin)
    #expect(machine.takeActions() == [])
    let now = Instant.origin.advanced(by: .milliseconds(750))
    #expect(machine.nextDeadline == now)
    machine.timePassed(at: now)
    let radio = RadioParameters(
      frequencyHz: 868_000_000, bandwidthHz: 125_000, spreadingFactor: 9, codingRateDenominator: 6)
    let script: [(HardwareRequest, HardwareReply)] = [
      (.ping, .pong), (.identity, .error(.notAvailable)), (.setRadio(radio), .ok),
      (.setTransmitPower(dBm: 14), .ok), (.setSignalReport(true), .signalReport(true)),
      (.radio, .radio(radio)),
    ]
    for (request, reply) in script {
      var written: [UInt8] = []
      for case .write(let bytes) in machine.takeActions() { written += bytes }
      #expect(written.suffix(request.frame.encoded().count) == request.frame.encoded()[...])
      #expect(!machine.isReady)
      machine.receive(reply.frame.encoded(), at: now)
    }
    #expect(machine.isReady)
    #expect(machine.takeActions() == [.event(.connected(device: "modem on line"))])
  }

  @Test func `other channel access is told with the settings it comes with, duplex too`() {
    var (machine, now) = Self.ready()
    var settings = Workbench.settings
    settings.access = ChannelAccess(
      persistence: 200, slotTime: .milliseconds(30), transmitDelay: .milliseconds(500),
      isFullDuplex: true)
    machine.submit(.apply(settings), id: 1, at: now)
    var modem = EmulatedKISSModem(
      publicKey: Array(repeating: 7, count: 32), deviceName: "test", seed: 1)
    var told: [KISSFrame] = []
    var answered = false
    var decoder = KISSDecoder()
    while !answered {
      for action in machine.takeActions() {
        if case .write(let bytes) = action {
          decoder.decode(bytes) { if $0.command < 6 { told.append($0) } }
          modem.receive(bytes, at: now)
        }
        if action == .answer(1, .done) { answered = true }
      }
      let replies = modem.takeActions()
      if replies.isEmpty { break }
      for case .write(let bytes) in replies { machine.receive(bytes, at: now) }
    }
    #expect(answered)
    #expect(told.map(\.command) == [1, 2, 3, 4, 5])
    #expect(told.map(\.data) == [[50], [200], [3], [0], [1]])
    let limit = machine.timing(with: settings).sendDeadline.margin
    #expect(
      limit == machine.timing(with: Workbench.settings).sendDeadline.margin + .milliseconds(490))
  }

  @Test func `a transmission is given five seconds, and the modem's own listening`() {
    var options = MeshCoreModemOptions()
    options.access.transmitDelay = .seconds(1)
    let deadline = MeshCoreModemMachine(settings: Workbench.settings, options: options)
      .timing(with: Workbench.settings).sendDeadline
    #expect(deadline.limit(airtime: .milliseconds(100), longestAirtime: .zero) == .seconds(5))
    // One and a half of the longest, the delay, the frame, and a second to report it.
    #expect(deadline.limit(airtime: .seconds(2), longestAirtime: .seconds(8)) == .seconds(16))
  }

  @Test func `a lost link leaves a modem that may still send, until it is quiet at the latest`() {
    var (machine, now) = Self.ready()
    machine.submit(.transmit([1]), id: 1, at: now)
    _ = machine.takeActions()
    let error = ModemError(.disconnected, "gone")
    machine.linkClosed(error, at: now)
    guard case .answer(1, .outcome(.unknown(error, let quietBy?)))? = machine.takeActions().first
    else {
      Issue.record("unknown, with an instant")
      return
    }
    let lora = Workbench.settings.lora
    #expect(
      now.duration(to: quietBy) >= lora.airtime(ofBytes: 255) * 3 / 2 + lora.airtime(ofBytes: 1))
    // Over the next link a reset is done only when the frame of the last one is over.
    var modem = EmulatedKISSModem(
      publicKey: Array(repeating: 7, count: 32), deviceName: "test", seed: 1)
    machine.linkOpened(name: "line", identity: nil, at: now)
    machine.timePassed(at: now.advanced(by: .milliseconds(750)))
    func talk(at now: Instant) -> [ModemAction] {
      var told: [ModemAction] = []
      while true {
        let actions = machine.takeActions()
        guard !actions.isEmpty else { return told }
        for action in actions {
          guard case .write(let bytes) = action else {
            told.append(action)
            continue
          }
          modem.receive(bytes, at: now)
          for case .write(let bytes) in modem.takeActions() { machine.receive(bytes, at: now) }
        }
      }
    }
    _ = talk(at: now)
    #expect(machine.isReady)
    machine.submit(.reset, id: 2, at: now)
    #expect(talk(at: now) == [])
    machine.timePassed(at: quietBy)
    #expect(talk(at: quietBy).contains(.answer(2, .done)))
  }

  @Test func `a send that a reset gives up may be on the air until the modem can no longer report`()
    throws
  {
    var (machine, now) = Self.ready()
    machine.submit(.transmit([1]), id: 1, at: now)
    _ = machine.takeActions()
    machine.submit(.reset, id: 2, at: now)
    let actions = machine.takeActions()
    guard case .answer(1, .outcome(.unknown(_, let quietBy?)))? = actions.first else {
      Issue.record("\(actions)")
      return
    }
    #expect(quietBy == machine.nextDeadline)
    #expect(quietBy > now.advanced(by: Workbench.settings.lora.airtime(ofBytes: 255) * 3 / 2))
  }

  @Test func `settings that were under way when the link was lost are not those of the next link`()
  {
    var (machine, now) = Self.ready()
    var other = Workbench.settings
    other.lora.spreadingFactor = 12
    machine.submit(.apply(other), id: 1, at: now)
    _ = machine.takeActions()
    let error = ModemError(.disconnected, "gone")
    machine.linkClosed(error, at: now)
    #expect(machine.takeActions().contains(.answer(1, .failed(error))))
    machine.linkOpened(name: "line", identity: nil, at: now)
    machine.timePassed(at: now.advanced(by: .seconds(1)))
    machine.receive(HardwareReply.pong.frame.encoded(), at: now)
    machine.receive(
      HardwareReply.identity(publicKey: Array(repeating: 7, count: 32)).frame.encoded(), at: now)
    let radio = RadioParameters(
      frequencyHz: 868_000_000, bandwidthHz: 125_000, spreadingFactor: 9, codingRateDenominator: 6)
    #expect(
      machine.takeActions().contains(.write(HardwareRequest.setRadio(radio).frame.encoded())))
  }

  @Test func `settings that come at any moment of connecting are in force once it is ready`() {
    var other = Workbench.settings
    other.lora.spreadingFactor = 12
    other.transmitPowerDBm = 3
    // Before there is a link, while the board may restart, and before each of its answers.
    for moment in 0...7 {
      var machine = MeshCoreModemMachine(settings: Workbench.settings)
      var modem = EmulatedKISSModem(
        publicKey: Array(repeating: 7, count: 32), deviceName: "test", seed: 1)
      let now = Instant.origin.advanced(by: .seconds(1))
      var answers: [ModemAction] = []
      var turn = 0
      func reach(_ next: Int) {
        turn = next
        if turn == moment { machine.submit(.apply(other), id: 1, at: now) }
      }
      reach(0)
      machine.linkOpened(name: "line", identity: nil, at: .origin)
      reach(1)
      machine.timePassed(at: now)
      while !machine.isReady, turn < 20 {
        for action in machine.takeActions() {
          if case .write(let bytes) = action { modem.receive(bytes, at: now) }
          if case .answer = action { answers.append(action) }
        }
        reach(turn + 1)
        for case .write(let bytes) in modem.takeActions() { machine.receive(bytes, at: now) }
      }
      answers += machine.takeActions().filter { if case .answer = $0 { true } else { false } }
      #expect(machine.isReady, "moment \(moment)")
      #expect(answers == [.answer(1, .done)], "moment \(moment)")
      #expect(modem.radio.spreadingFactor == 12, "moment \(moment)")
      #expect(modem.powerDBm == 3, "moment \(moment)")
    }
  }

  @Test func `settings that came late on a link that was lost save the next modem no question`() {
    var machine = MeshCoreModemMachine(settings: Workbench.settings)
    let key = [UInt8](repeating: 7, count: 32)
    let now = Instant.origin.advanced(by: .seconds(1))
    machine.linkOpened(name: "line", identity: key, at: .origin)
    machine.timePassed(at: now)
    machine.receive(HardwareReply.pong.frame.encoded(), at: now)
    machine.receive(HardwareReply.identity(publicKey: key).frame.encoded(), at: now)
    machine.submit(.apply(Workbench.settings), id: 1, at: now)
    machine.linkClosed(ModemError(.disconnected, "gone"), at: now)
    machine.linkOpened(name: "line", identity: key, at: now)
    machine.timePassed(at: now.advanced(by: .seconds(1)))
    _ = machine.takeActions()
    machine.receive(HardwareReply.pong.frame.encoded(), at: now)
    #expect(machine.takeActions() == [.write(HardwareRequest.identity.frame.encoded())])
  }

  @Test func `settings wait for no configuration that another request depends on`() {
    var (machine, now) = Self.ready()
    machine.submit(.reset, id: 1, at: now)
    _ = machine.takeActions()
    machine.submit(.apply(Workbench.settings), id: 2, at: now)
    let errors = machine.takeActions().compactMap { action -> ModemError? in
      if case .answer(2, .failed(let error)) = action { error } else { nil }
    }
    #expect(errors.map(\.code) == [.disconnected])
  }

  @Test func `a modem that keeps another channel than it was told is not used`() {
    var (machine, now) = Self.ready()
    machine.submit(.reset, id: 1, at: now)
    _ = machine.takeActions()
    for reply: HardwareReply in [
      .pong, .identity(publicKey: Array(repeating: 7, count: 32)), .ok, .ok, .signalReport(true),
      .radio(
        RadioParameters(
          frequencyHz: 868_000_000, bandwidthHz: 125_000, spreadingFactor: 10,
          codingRateDenominator: 6)),
    ] { machine.receive(reply.frame.encoded(), at: now) }
    let errors = machine.takeActions().compactMap {
      if case .closeLink(let error) = $0 { error } else { nil }
    }
    #expect(errors.map(\.code) == [.protocolViolation])
    #expect(errors.first?.detail.contains("SF9") == true)
  }

  @Test func `frames and their values pair in the order they came`() {
    var (machine, now) = Self.ready()
    machine.receive(
      Self.frame([1]) + Self.frame([2]) + Self.values(4, -50) + Self.values(-8, -120), at: now)
    let frames = Self.frames(machine.takeActions())
    #expect(frames.map(\.bytes) == [[1], [2]])
    #expect(frames.map(\.snrQuarterDB) == [4, -8])
    #expect(frames.map(\.rssiDBm) == [-50, -120])
  }

  @Test func `a frame waits 250 ms for its values and not a nanosecond longer`() {
    var (machine, now) = Self.ready()
    machine.receive(Self.frame([1]), at: now)
    let limit = now.advanced(by: .milliseconds(250))
    #expect(machine.nextDeadline == limit)
    machine.timePassed(at: limit.advanced(byNanoseconds: -1))
    #expect(machine.takeActions() == [])
    machine.timePassed(at: limit)
    let frames = Self.frames(machine.takeActions())
    #expect(frames.map(\.snrQuarterDB) == [nil])
    #expect(frames.map(\.receivedAt) == [now])
    // Values that come after all belong to nobody.
    machine.receive(Self.values(1, -1) + Self.frame([2]), at: limit)
    #expect(machine.takeActions() == [])
  }

  @Test func `at most 64 frames wait; the oldest leaves without its values`() {
    var (machine, now) = Self.ready()
    for number in 0..<70 { machine.receive(Self.frame([UInt8(number)]), at: now) }
    #expect(Self.frames(machine.takeActions()).map(\.bytes) == (0..<6).map { [UInt8($0)] })
  }

  @Test func `a new link pairs nothing and decodes nothing of the old one`() {
    var (machine, now) = Self.ready()
    machine.receive(Self.frame([1]) + [0xC0, 0x00, 0x55], at: now)
    machine.linkClosed(.init(.disconnected, "gone"), at: now)
    machine.linkOpened(name: "line", identity: nil, at: now)
    machine.timePassed(at: now.advanced(by: .seconds(1)))
    machine.receive([0x66, 0xC0] + Self.values(4, -50), at: now.advanced(by: .seconds(1)))
    machine.timePassed(at: now.advanced(by: .seconds(2)))
    #expect(Self.frames(machine.takeActions()) == [])
  }

  @Test func `radio.R7 an error 7 before the report changes nothing`() {
    var (machine, now) = Self.ready()
    machine.submit(.transmit([1]), id: 5, at: now)
    machine.receive(HardwareReply.error(.busy).frame.encoded(), at: now)
    #expect(!machine.takeActions().contains { if case .answer = $0 { true } else { false } })
    machine.receive(HardwareReply.transmitDone(isConfirmed: true).frame.encoded(), at: now)
    #expect(machine.takeActions() == [.answer(5, .outcome(.sent(onAir: nil)))])
    // A second report is nobody's.
    machine.receive(HardwareReply.transmitDone(isConfirmed: true).frame.encoded(), at: now)
    #expect(machine.takeActions() == [])
  }

  @Test(arguments: [0, 256, 300]) func `a frame the modem would drop silently is refused`(
    count: Int
  ) throws {
    var (machine, now) = Self.ready()
    machine.submit(.transmit(Array(repeating: 0, count: count)), id: 1, at: now)
    let error = try #require(Self.refusal(machine.takeActions(), of: 1))
    #expect(error.code == .refused && error.detail.contains("\(count)"))
  }

  @Test func `a second frame is refused while one is in flight, and the first is not disturbed`()
    throws
  {
    var (machine, now) = Self.ready()
    machine.submit(.transmit([1]), id: 1, at: now)
    _ = machine.takeActions()
    machine.submit(.transmit([2]), id: 2, at: now)
    let error = try #require(Self.refusal(machine.takeActions(), of: 2))
    #expect(error.code == .busy)
    machine.receive(HardwareReply.transmitDone(isConfirmed: true).frame.encoded(), at: now)
    #expect(machine.takeActions() == [.answer(1, .outcome(.sent(onAir: nil)))])
  }

  @Test func `frames of another port are another radio's`() {
    var (machine, now) = Self.ready()
    machine.receive(KISSFrame(port: 1, command: 0, data: [1]).encoded(), at: now)
    machine.receive(
      KISSFrame(port: 1, command: 6, data: [0xF8, 1]).encoded(), at: now)
    machine.timePassed(at: now.advanced(by: .seconds(1)))
    #expect(machine.takeActions() == [])
  }

  /// Random operations against the machine: every request is answered exactly once, and time that
  /// has passed leaves no deadline in the past, or a driver would spin.
  @Test func `whatever happens, each request has one answer and no deadline stays in the past`() {
    for seed: UInt64 in 0..<500 {
      var draws = SeededGenerator(seed: seed)
      var machine = MeshCoreModemMachine(settings: Workbench.settings)
      var modem = EmulatedKISSModem(
        publicKey: Array(repeating: 7, count: 32), deviceName: "test", seed: seed)
      var now = Instant.origin
      var isOpen = false
      var asked: UInt64 = 0
      var answers: [UInt64: Int] = [:]
      func settle() {
        for _ in 0..<1000 {
          let actions = machine.takeActions()
          var toHost: [UInt8] = []
          for action in actions {
            switch action {
            case .write(let bytes): modem.receive(bytes, at: now)
            case .answer(let id, _): answers[id, default: 0] += 1
            case .closeLink, .giveUp:
              if isOpen { machine.linkClosed(.init(.disconnected, "closed"), at: now) }
              isOpen = false
            case .event: break
            }
          }
          for case .write(let bytes) in modem.takeActions() { toHost += bytes }
          if Int.random(in: 0..<20, using: &draws) == 0, !toHost.isEmpty { toHost.removeLast() }
          if isOpen, !toHost.isEmpty { machine.receive(toHost, at: now) }
          if actions.isEmpty && toHost.isEmpty { return }
        }
      }
      for _ in 0..<200 {
        switch Int.random(in: 0..<12, using: &draws) {
        case 0 where !isOpen:
          machine.linkOpened(name: "line", identity: nil, at: now)
          isOpen = true
        case 1 where isOpen && Bool.random(using: &draws):
          machine.linkClosed(.init(.disconnected, "gone"), at: now)
          isOpen = false
        case 2, 3:
          asked += 1
          machine.submit(.transmit([1, 2, 3]), id: asked, at: now)
        case 4:
          asked += 1
          machine.submit(.channelActivity, id: asked, at: now)
        case 5:
          asked += 1
          machine.submit(.reset, id: asked, at: now)
        case 6:
          asked += 1
          machine.submit(.apply(Workbench.settings), id: asked, at: now)
        case 7: modem.heard([9], snrQuarterDB: 1, rssiDBm: -100)
        case 8:
          modem.faults.forgetsReports = Bool.random(using: &draws)
          modem.faults.ignoresCommands = Int.random(in: 0..<8, using: &draws) == 0
          modem.faults.complainsOfBusy = Bool.random(using: &draws)
        default:
          let step = Duration.milliseconds(Int.random(in: 0...3000, using: &draws))
          now = now.advanced(by: step)
          modem.timePassed(at: now)
          machine.timePassed(at: now)
          let next = machine.nextDeadline ?? .distantFuture
          #expect(next > now, "seed \(seed)")
        }
        settle()
      }
      if isOpen { machine.linkClosed(.init(.disconnected, "end"), at: now) }
      settle()
      #expect(answers.values.allSatisfy { $0 == 1 }, "seed \(seed)")
      #expect(answers.count == Int(asked), "seed \(seed)")
    }
  }
}
