import Interlock
import InterlockModems
import InterlockRadio
import Testing

@Suite struct KISSTNCMachineTests {
  static func text(_ text: String) -> [UInt8] {
    KISSFrame(command: 6, data: Array(text.utf8)).encoded()
  }

  static func written(_ machine: inout KISSTNCMachine) -> [KISSFrame] {
    var decoder = KISSDecoder()
    var frames: [KISSFrame] = []
    for case .write(let bytes) in machine.takeActions() {
      decoder.decode(bytes) { frames.append($0) }
    }
    return frames
  }

  static func at(_ duration: Duration) -> Instant { Instant.origin.advanced(by: duration) }

  @Test(arguments: ["TNC:DIREWOLF 1.6", "DIREWOLF 1.6"])
  func `a TNC that names itself is ready at once and is asked what it has queued`(answer: String) {
    var machine = KISSTNCMachine(settings: Workbench.settings)
    machine.linkOpened(name: "line", identity: nil, at: .origin)
    #expect(Self.written(&machine).map(\.command) == [1, 2, 3, 4, 5, 6])
    machine.receive(Self.text(answer), at: .origin)
    #expect(machine.takeActions() == [.event(.connected(device: "DIREWOLF 1.6 on line"))])
    machine.submit(.transmit([1, 2]), id: 1, at: .origin)
    #expect(
      Self.written(&machine) == [
        KISSFrame(command: 0, data: [1, 2]), KISSFrame(command: 6, data: Array("TXBUF:".utf8)),
      ])
    machine.receive(Self.text("TXBUF:18"), at: .origin)
    #expect(machine.nextDeadline == Self.at(.milliseconds(100)))
    machine.timePassed(at: Self.at(.milliseconds(100)))
    #expect(Self.written(&machine).count == 1)
    machine.receive(Self.text("TXBUF:0"), at: Self.at(.milliseconds(100)))
    #expect(machine.takeActions() == [.answer(1, .outcome(.sent(onAir: nil)))])
  }

  @Test func `a TNC may take as long as its queue may, and the time it keys its transmitter`() {
    var options = KISSTNCOptions()
    options.access.transmitDelay = .seconds(2)
    let machine = KISSTNCMachine(settings: Workbench.settings, options: options)
    let lora = Workbench.settings.lora
    let airtime = machine.timing(with: Workbench.settings).airtime(ofBytes: 100, with: lora)
    #expect(airtime == .milliseconds(2010) + lora.airtime(ofBytes: 100))
    let limit = machine.timing(with: Workbench.settings).sendDeadline.limit(
      airtime: airtime, longestAirtime: .seconds(9))
    #expect(limit >= .seconds(60) + airtime)
  }

  @Test func `a TNC without a name counts as having sent after airtime and delay`() {
    var machine = KISSTNCMachine(settings: Workbench.settings)
    machine.linkOpened(name: "line", identity: nil, at: .origin)
    machine.timePassed(at: Self.at(.seconds(1)))
    #expect(machine.isReady)
    _ = machine.takeActions()
    machine.submit(.transmit([1, 2]), id: 1, at: Self.at(.seconds(1)))
    #expect(Self.written(&machine).count == 1)
    let end = Self.at(
      .seconds(1) + .milliseconds(310) + Workbench.settings.lora.airtime(ofBytes: 2))
    #expect(machine.nextDeadline == end)
    machine.timePassed(at: end)
    #expect(machine.takeActions() == [.answer(1, .outcome(.sent(onAir: nil)))])
  }

  @Test func `a queue that is never told falls back to calculation`() {
    var options = KISSTNCOptions()
    options.pace = .bitsPerSecond(1200)
    options.access.transmitDelay = .seconds(2)
    var machine = KISSTNCMachine(settings: Workbench.settings, options: options)
    machine.linkOpened(name: "line", identity: nil, at: .origin)
    machine.receive(Self.text("SOMETHING"), at: .origin)
    machine.submit(.transmit(Array(repeating: 0, count: 150)), id: 1, at: .origin)
    _ = machine.takeActions()
    machine.timePassed(at: Self.at(.seconds(1)))
    // 2 s before and 10 ms after 1216 bits, 243 stuffed at most and 16 of flags.
    let end = Self.at(.milliseconds(2010) + .microseconds(1_229_167))
    #expect(machine.nextDeadline == end)
    machine.timePassed(at: end)
    #expect(machine.takeActions() == [.answer(1, .outcome(.sent(onAir: nil)))])
  }

  @Test func `a lost link makes the frame's fate unknown`() {
    var machine = KISSTNCMachine(settings: Workbench.settings)
    machine.linkOpened(name: "line", identity: nil, at: .origin)
    machine.receive(Self.text("X"), at: .origin)
    machine.submit(.transmit([1]), id: 9, at: .origin)
    _ = machine.takeActions()
    let error = ModemError(.disconnected, "gone")
    machine.linkClosed(error, at: .origin)
    let airtime = Workbench.settings.lora.airtime(ofBytes: 1) + .milliseconds(310)
    let limit = machine.timing(with: Workbench.settings).sendDeadline.limit(
      airtime: airtime, longestAirtime: .zero)
    #expect(
      machine.takeActions() == [.answer(9, .outcome(.unknown(error, quietBy: Self.at(limit))))])
  }

  @Test func `a reset is not done while a frame is queued in the TNC`() {
    var machine = KISSTNCMachine(settings: Workbench.settings)
    machine.linkOpened(name: "line", identity: nil, at: .origin)
    machine.receive(Self.text("X"), at: .origin)
    machine.submit(.transmit([1]), id: 1, at: .origin)
    machine.receive(Self.text("TXBUF:17"), at: .origin)
    _ = machine.takeActions()
    machine.submit(.reset, id: 2, at: Self.at(.seconds(65)))
    let actions = machine.takeActions()
    #expect(actions.count == 2, "the frame's fate, and the question")
    guard case .answer(1, .outcome(.unknown(_, quietBy: .some)))? = actions.first else {
      Issue.record("\(actions)")
      return
    }
    machine.receive(Self.text("TXBUF:17"), at: Self.at(.seconds(65)))
    let busy = ModemError(.busy, "line still has 17 bytes queued")
    #expect(machine.takeActions() == [.answer(2, .failed(busy))])
    machine.submit(.reset, id: 3, at: Self.at(.seconds(66)))
    _ = machine.takeActions()
    machine.receive(Self.text("TXBUF:0"), at: Self.at(.seconds(66)))
    #expect(machine.takeActions() == [.answer(3, .done)])
  }

  @Test func `a reset of a TNC that cannot be asked waits for the calculated end`() {
    var machine = KISSTNCMachine(settings: Workbench.settings)
    machine.linkOpened(name: "line", identity: nil, at: .origin)
    machine.timePassed(at: Self.at(.seconds(1)))
    machine.submit(.transmit([1]), id: 1, at: Self.at(.seconds(1)))
    let end = Self.at(
      .seconds(1) + .milliseconds(310) + Workbench.settings.lora.airtime(ofBytes: 1))
    _ = machine.takeActions()
    machine.submit(.reset, id: 2, at: Self.at(.milliseconds(1100)))
    #expect(machine.takeActions().count == 1, "the frame's fate alone")
    #expect(machine.nextDeadline == end)
    machine.timePassed(at: end)
    #expect(machine.takeActions() == [.answer(2, .done)])
  }

  @Test func `wrapped frames carry both call signs, and only wrapped ones are taken`() throws {
    let header = try #require(AX25Header(destination: "MESHCO", source: "N0CALL-7"))
    #expect(header.bytes.count == 16)
    #expect(header.bytes.prefix(7).map { $0 >> 1 } == Array("MESHCO0".utf8))
    #expect(header.bytes[13] == 0x60 | 7 << 1 | 1)
    var options = KISSTNCOptions()
    options.wrapping = header
    var machine = KISSTNCMachine(settings: Workbench.settings, options: options)
    machine.linkOpened(name: "line", identity: nil, at: .origin)
    machine.receive(Self.text("X"), at: .origin)
    _ = machine.takeActions()
    machine.submit(.transmit([0xC0, 2]), id: 1, at: .origin)
    #expect(Self.written(&machine).first?.data == header.bytes + [0xC0, 2])
    machine.receive(KISSFrame(command: 0, data: header.bytes + [0xC0, 2]).encoded(), at: .origin)
    machine.receive(KISSFrame(command: 0, data: [0xC0, 2]).encoded(), at: .origin)
    machine.receive(KISSFrame(command: 0, data: header.bytes).encoded(), at: .origin)
    #expect(MeshCoreModemMachineTests.frames(machine.takeActions()).map(\.bytes) == [[0xC0, 2]])
    for bad in ["", "toolong", "n0call", "N0CALL-16", "N0CALL-", "A-B-C", "Ä"] {
      #expect(AX25Header(destination: "MESHCO", source: bad) == nil, "\(bad)")
    }
  }

  @Test func `a LoRa board is put into KISS mode by two text commands`() {
    var options = KISSTNCOptions()
    options.startsWithTextCommands = true
    var settings = Workbench.settings
    settings.lora.frequencyHz = 869_618_000
    settings.lora.bandwidthHz = 62_500
    var machine = KISSTNCMachine(settings: settings, options: options)
    machine.linkOpened(name: "line", identity: nil, at: .origin)
    #expect(
      machine.takeActions() == [.write(Array("set radio 869.618,62.5,9,6,18\r\n".utf8))])
    machine.timePassed(at: Self.at(.milliseconds(500)))
    #expect(machine.takeActions() == [.write(Array("serial mode kiss\r\n".utf8))])
    machine.timePassed(at: Self.at(.milliseconds(1500)))
    #expect(Self.written(&machine).map(\.command) == [1, 2, 3, 4, 5, 6])
    machine.receive(Self.text("X"), at: Self.at(.milliseconds(1500)))
    _ = machine.takeActions()
    machine.submit(.apply(settings), id: 1, at: Self.at(.seconds(2)))
    let actions = machine.takeActions()
    #expect(actions.contains(.answer(1, .done)))
    #expect(actions.contains(.write([0xC0, 0xFF, 0xC0])))
  }

  @Test func `settings that come before the board, or while it is started, are those it gets`() {
    var options = KISSTNCOptions()
    options.startsWithTextCommands = true
    var machine = KISSTNCMachine(settings: Workbench.settings, options: options)
    var settings = Workbench.settings
    settings.lora.spreadingFactor = 7
    machine.submit(.apply(settings), id: 1, at: .origin)
    #expect(machine.takeActions() == [.answer(1, .done)])
    machine.linkOpened(name: "line", identity: nil, at: .origin)
    #expect(machine.takeActions() == [.write(Array("set radio 868,125,7,6,18\r\n".utf8))])
    settings.lora.spreadingFactor = 8
    machine.submit(.apply(settings), id: 2, at: .origin)
    let actions = machine.takeActions()
    #expect(actions.contains(.answer(2, .done)))
    #expect(actions.contains { if case .closeLink = $0 { true } else { false } }, "begins anew")
    machine.linkClosed(ModemError(.disconnected, "closed"), at: .origin)
    machine.linkOpened(name: "line", identity: nil, at: .origin)
    #expect(machine.takeActions() == [.write(Array("set radio 868,125,8,6,18\r\n".utf8))])
  }

  @Test func `other channel access is told at once, duplex too, and its keying is counted`() {
    var machine = KISSTNCMachine(settings: Workbench.settings)
    machine.linkOpened(name: "line", identity: nil, at: .origin)
    machine.receive(Self.text("X"), at: .origin)
    #expect(Self.written(&machine).first { $0.command == 5 }?.data == [0], "half duplex")
    var settings = Workbench.settings
    settings.access = ChannelAccess(
      persistence: 200, slotTime: .milliseconds(30), transmitDelay: .milliseconds(500),
      transmitTail: .milliseconds(70), isFullDuplex: true)
    machine.submit(.apply(settings), id: 1, at: .origin)
    let told = Self.written(&machine)
    #expect(told.map(\.command) == [1, 2, 3, 4, 5])
    #expect(told.map(\.data) == [[50], [200], [3], [7], [1]])
    let before = machine.timing(with: Workbench.settings).keying
    let after = machine.timing(with: settings).keying
    #expect(before == .milliseconds(310) && after == .milliseconds(570))
  }
}
