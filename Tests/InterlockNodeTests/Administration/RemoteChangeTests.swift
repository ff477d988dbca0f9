import Interlock
import InterlockMeshCore
import InterlockRadio
import TestSupport
import Testing

@testable import InterlockNode

@Suite struct RemoteChangeTests {
  @Test func `a change by radio is the option of the same meaning`() throws {
    let start = NodeConfiguration()
    let new = try start.changed(by: .setting(.floodDelay(0.25)))
      .changed(by: .setting(.name("Hill")))
      .changed(by: .setting(.ownerInfo("Ada\nM0ABC")))
      .changed(by: .setting(.advertMinutes(90)))
      .changed(by: .adminPassword("hunter2"))
      .changed(by: .region(.put("eu", parent: nil)))
      .changed(by: .region(.setFlood("#eu", isAllowed: true)))
    #expect(new.repeater.delays.floodFactor == 0.25)
    #expect(new.node.name == "Hill")
    #expect(new.node.ownerInfo == "Ada|M0ABC")
    #expect(new.adverts.neighbourInterval == .seconds(5400))
    #expect(new.security.adminPassword == "hunter2")
    #expect(new.regions.known.map(\.allowFloods) == [true])
    #expect(
      NodeConfiguration.table.differences(from: start, to: new).map(\.path).sorted() == [
        "adverts.neighbourInterval", "delays.floodFactor", "node.name", "node.ownerInfo",
        "regions.known", "security.adminPassword",
      ])
  }

  @Test func `a limit set by radio never lifts the one of the band`() throws {
    let new = try NodeConfiguration().changed(by: .setting(.dutyCyclePercent(50)))
    guard case .windows(let limits) = try new.dutyCyclePolicy().model else {
      Issue.record("strict windows expected")
      return
    }
    #expect(limits.contains { $0.allowance == .seconds(1800) })
    #expect(limits.contains { $0.allowance < .seconds(1800) })
    #expect(new.dutyCycle.percent == 50)
  }

  @Test(arguments: [DutyCycleSection.Region.none, .auto])
  func `where only the operator's limits hold, none is lifted by radio`(
    region: DutyCycleSection.Region
  ) throws {
    var configuration = NodeConfiguration()
    configuration.radio.preset = "Vietnam"
    configuration.dutyCycle.region = region
    var limit = LimitEntry()
    limit.window = .seconds(600)
    limit.allowance = .seconds(12)
    configuration.dutyCycle.limits = [LimitEntry(), limit]
    _ = try configuration.dutyCyclePolicy()
    #expect(throws: AdminCommandError.self) {
      try configuration.changed(by: .setting(.dutyCyclePercent(100)))
    }
    let less = try configuration.changed(by: .setting(.dutyCyclePercent(0.5)))
    #expect(Set(less.dutyCycle.limits.map(\.allowance)) == [.seconds(18), .seconds(12)])
  }

  @Test func `a channel no rule is known for is refused`() {
    let elsewhere = LoRaSettings(
      frequencyHz: 700_000_000, bandwidthHz: 125_000, spreadingFactor: 8, codingRateDenominator: 5)
    #expect(throws: AdminCommandError.self) {
      try NodeConfiguration().changed(by: .temporaryRadio(elsewhere))
    }
  }

  @Test func `a transmitter that was switched off at the machine stays off`() throws {
    var configuration = NodeConfiguration()
    configuration.node.mode = .noTx
    #expect(throws: AdminCommandError.self) {
      try configuration.changed(by: .setting(.isRepeating(true)))
    }
  }

  @Test func `changes are kept over a restart, and the environment wins over them`() async throws {
    let folder = try TemporaryDirectory()
    let path = "\(folder.path)/remote-settings.json"
    let settings = RemoteSettings(path: path) { _ in nil }
    let start = NodeConfiguration()
    let changed = try start.changed(by: .setting(.floodDelay(0.25)))
      .changed(by: .adminPassword("by radio"))
    try await settings.record(from: start, to: changed)
    try await settings.record(from: changed, to: changed.changed(by: .setting(.floodHops(9))))
    var file = start
    file.security.adminPassword = "by file"
    let after = try await settings.applied(to: file)
    #expect(after.repeater.delays.floodFactor == 0.25)
    #expect(after.repeater.maximumFloodHops == 9)
    #expect(after.security.adminPassword == "by radio")
    let rescued = try await RemoteSettings(path: path) {
      $0 == "INTERLOCK_ADMIN_PASSWORD" ? "by file" : nil
    }.applied(to: file)
    #expect(rescued.security.adminPassword == "by file")
    #expect(rescued.repeater.delays.floodFactor == 0.25)
  }

  @Test func `a region's key in the environment wins over the one that was kept`() async throws {
    let folder = try TemporaryDirectory()
    let path = "\(folder.path)/remote-settings.json"
    var start = NodeConfiguration()
    var region = RegionEntry()
    region.name = "$ops"
    region.key = Array(repeating: 1, count: 16)
    start.regions.known = [region]
    let changed = try start.changed(by: .region(.put("eu", parent: nil)))
    try await RemoteSettings(path: path) { _ in nil }.record(from: start, to: changed)
    let after = try await RemoteSettings(path: path) {
      $0 == "INTERLOCK_REGION_KEY_OPS" ? String(repeating: "02", count: 16) : nil
    }.applied(to: start)
    #expect(after.regions.known.map(\.name) == changed.regions.known.map(\.name))
    #expect(after.regions.known.first?.key == Array(repeating: 2, count: 16))
  }

  @Test(arguments: [
    "set dutycycle 1", "set dutycycle 100", "set af 0", "set af 9", "set owner.info Ada\r\nM0ABC",
    "set radio 869.525,41.7,12,8", "set tx -9", "set lat -90", "set guest.password ",
    "set flood.advert.interval 168", "set advert.interval 0", "region put $ops",
  ])
  func `what is granted by radio is there after a restart`(command: String) async throws {
    for model in DutyCycleSection.Model.allCases {
      var start = NodeConfiguration()
      start.dutyCycle.model = model
      guard let new = try? start.changed(by: try Self.change(command)) else {
        #expect(command == "region put $ops", "\(command) under \(model)")
        continue
      }
      let folder = try TemporaryDirectory()
      let settings = RemoteSettings(path: "\(folder.path)/remote-settings.json") { _ in nil }
      try await settings.record(from: start, to: new)
      let after = try await settings.applied(to: start)
      #expect(NodeConfiguration.table.differences(from: new, to: after).map(\.path) == [])
    }
  }

  @Test func `what was kept is refused where the file says what contradicts it`() async throws {
    let folder = try TemporaryDirectory()
    let path = "\(folder.path)/remote-settings.json"
    let settings = RemoteSettings(path: path) { _ in nil }
    let start = NodeConfiguration()
    try await settings.record(from: start, to: start.changed(by: Self.change("set dutycycle 1")))
    var file = start
    file.dutyCycle.model = .perMinute
    let limit = await #expect(throws: NodeError.self) { try await settings.applied(to: file) }
    #expect(
      limit?.what == "\(path): dutyCycle.limits is of the model strict; per_minute does not keep it"
    )
    file = start
    file.modem.type = .kissSerial
    _ = try await settings.applied(to: file)

    let others = RemoteSettings(path: "\(folder.path)/regions.json") { _ in nil }
    try await others.record(from: start, to: start.changed(by: Self.change("region put us")))
    file = start
    var home = RegionEntry()
    home.name = "eu"
    file.regions.known = [home]
    file.regions.home = "eu"
    let region = await #expect(throws: NodeError.self) { try await others.applied(to: file) }
    #expect(region?.what.contains("regions.default must be one of regions.known") == true)
  }

  @Test(arguments: ["set name Hill\ttop", "set name Hill\u{7F}", "password secret\u{7F}"])
  func `what could not be read at the next start is refused`(command: String) throws {
    let change = try Self.change(command)
    #expect(throws: AdminCommandError.self) { try NodeConfiguration().changed(by: change) }
  }

  private static func change(_ command: String) throws -> AdminChange {
    switch try AdminCommandLine.parse(command) {
    case .set(let setting): .setting(setting)
    case .password(let password): .adminPassword(password)
    case .region(let command): .region(command)
    default: throw AdminCommandError("no change")
    }
  }
}
