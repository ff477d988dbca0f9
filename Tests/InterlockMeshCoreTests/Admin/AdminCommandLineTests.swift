import InterlockMeshCore
import InterlockRadio
import Testing

@Suite struct AdminCommandLineTests {
  @Test(
    arguments: [
      ("ver", .version), ("  clock ", .clock), ("clock sync", .clockSync),
      ("advert", .advert(.flood)), ("advert.zerohop", .advert(.zeroHop)),
      ("neighbors", .neighbours), ("neighbor.remove A1b2", .removeNeighbour(prefix: [0xA1, 0xB2])),
      ("discover.neighbors", .discoverNeighbours), ("clear stats", .clearStatistics),
      ("password a b", .password("a b")), ("get flood.max.advert", .get(.advertHops)),
      ("set name Hill  top", .set(.name("Hill  top"))),
      ("set lat -33.5", .set(.latitudeE6(-33_500_000))),
      ("set owner.info Ada|M0ABC", .set(.ownerInfo("Ada\nM0ABC"))),
      ("set repeat off", .set(.isRepeating(false))), ("set af 9", .set(.dutyCyclePercent(10))),
      ("set txdelay 0.5", .set(.floodDelay(0.5))),
      ("set loop.detect strict", .set(.loopDetection(.strict))),
      ("set path.hash.mode 2", .set(.ownHashSize(3))),
      ("set advert.interval 0", .set(.advertMinutes(0))),
      ("set guest.password", .set(.guestPassword(""))),
      ("setperm ab12 3", .setPermissions(prefix: [0xAB, 0x12], Permissions(.admin))),
      ("region", .region(.list)), ("region put eu", .region(.put("eu", parent: nil))),
      ("region put be eu", .region(.put("be", parent: "eu"))),
      ("region denyf *", .region(.setFlood("*", isAllowed: false))), ("reboot", .reboot),
    ] as [(String, AdminCommand)])
  func `every command is read`(_ line: String, _ command: AdminCommand) throws {
    #expect(try AdminCommandLine.parse(line) == command)
  }

  @Test func `a radio is read in megahertz and kilohertz`() throws {
    let radio = LoRaSettings(
      frequencyHz: 869_618_000, bandwidthHz: 62_500, spreadingFactor: 8, codingRateDenominator: 5)
    #expect(try AdminCommandLine.parse("set radio 869.618,62.5,8,5") == .set(.radio(radio)))
    #expect(
      try AdminCommandLine.parse("tempradio 869.618,62.5,8,5,30")
        == .temporaryRadio(radio, minutes: 30))
  }

  @Test(
    arguments: [
      ("set txdelay 2.1", "0…2"), ("set txdelay nan", "0…2"), ("set txdelay", "0…2"),
      ("set rxdelay 21", "0…20"), ("set lat 91", "-90…90"), ("set tx 31", "-9…30 dBm"),
      ("set flood.max 65", "0…64"), ("set advert.interval 59", "60…240"),
      ("set repeat maybe", "on or off"), ("set loop.detect some", "minimal"),
      ("set dutycycle 0", "1…100"), ("set radio 869,62.5,13,5", "5…12"),
      ("set radio 869,62.5,8", "FREQ"), ("set freq 100", "150…2500 MHz"),
      ("tempradio 869,62.5,8,5,0", "MINUTES"), ("password", "1…15"),
      ("password 1234567890123456", "1…15"), ("get nothing", "nothing"),
      ("set public.key 00", "cannot be set"), ("setperm xyz 3", "hex"), ("setperm ab 256", "0…255"),
      ("neighbor.remove abc", "hex"), ("region burn eu", "region"), ("", "Unknown command"),
      ("hello", "Unknown command"), ("ver x", "Unknown command"), ("reboot now", "Unknown command"),
    ])
  func `what is wrong is told with what would be right`(_ line: String, _ told: String) {
    let error = #expect(throws: AdminCommandError.self) { try AdminCommandLine.parse(line) }
    #expect(error?.description.contains(told) == true, "\(error?.description ?? "")")
  }

  @Test func `a prefix of two characters is split off`() {
    #expect(AdminCommandLine.split("a1|get name") == ("a1|", "get name"))
    #expect(AdminCommandLine.split("get name") == ("", "get name"))
    #expect(AdminCommandLine.split("abc|x") == ("", "abc|x"))
    #expect(AdminCommandLine.split("é|x") == ("", "é|x"))
  }
}
