import Foundation
import Interlock
import InterlockMeshCore
import InterlockRadio
import InterlockWire
import Testing

@testable import InterlockNode

@Suite struct NodeConfigurationTests {
  private func read(
    _ text: String, environment: [String: String] = [:]
  ) throws(ConfigurationError) -> NodeConfiguration {
    try NodeConfiguration(parsing: Array(text.utf8), file: "node.json5") { environment[$0] }
  }

  private func problem(_ text: String, environment: [String: String] = [:]) -> String {
    do throws(ConfigurationError) {
      _ = try read(text, environment: environment)
      return "accepted"
    } catch {
      return error.description
    }
  }

  /// Every option with a value that is not its default.
  static let everything = """
    {
      node: {name: "N", latitude: 1.5, longitude: -2.5, ownerInfo: "o", mode: "monitor"},
      security: {adminPassword: "a", guestPassword: "b"},
      identity: {file: "/tmp/id", key: "\(String(repeating: "11", count: 32))"},
      repeater: {
        maximumFloodHops: 10, maximumUnscopedFloodHops: 9, maximumAdvertHops: 3,
        loopDetection: "strict", multiAcks: 1, pathHashBytes: 2, seenCapacity: 5000,
        seenLifetime: "2h", heldCapacity: 5, neighbourCapacity: 6, verificationBurst: 7,
        verificationsPerSecond: 8, allowDiscovery: false,
        rules: [{
          action: "log", types: ["ADVERT"], fewestHops: 1, mostHops: 4, fewestPayloadBytes: 2,
          mostPayloadBytes: 30, pathContains: "a1b2", weakerThanDB: -4.25, route: "flood",
          fewestFrameBytes: 9, mostFrameBytes: 90, pathHashBytes: 2, hasTransportCodes: false,
          channelHash: "7f", weakerThanDBm: -110,
        }, {channel: "#test", sender: "a*", text: "*b"}],
        channels: [{name: "#test"}, {name: "crew", key: "\(String(repeating: "33", count: 16))"}],
      },
      adverts: {
        floodInterval: 0, neighbourInterval: "1h", rateLimit: true, rateLimitBurst: 3,
        rateLimitInterval: "1h", penalty: true, penaltyThreshold: 3, penaltyBase: "1h",
        penaltyFactor: 1.5, penaltyMaximum: "8h", penaltyDecay: "2h", adaptive: true,
        adaptiveWindow: "30m", adaptiveHold: "1m", adaptiveNormal: 0.1, adaptiveBusy: 0.3,
        adaptiveCongested: 0.7,
      },
      regions: {
        allowUnscoped: false, default: "#home",
        known: [{name: "home", allowFloods: true}, {name: "$club", key: "\(
          String(repeating: "22", count: 16))"}],
      },
      delays: {
        profile: "pymc", floodFactor: 1.6, directFactor: 1, receptionBase: 3, maximum: "4s",
        useScore: true,
      },
      dutyCycle: {
        enforce: false, model: "per_minute", region: "none", hybridChannels: 8,
        antennaGainDB: 3,
        limits: [{window: "10m", allowance: "6s"}], perMinuteAllowance: "1s", firmwareFactor: 2,
        floodShare: 0.5, advertShare: 0.1, countUnknown: false, maximumTransmission: "400ms",
      },
      radio: {
        preset: "USA/Canada", frequencyMHz: 911, bandwidthKHz: 125, spreadingFactor: 9,
        codingRate: 2, preambleSymbols: 20, powerDBm: 22,
      },
      modem: {
        type: "kiss_tcp", device: "/dev/x", baud: 9600, host: "h", port: 8001, persistence: 63,
        slotTime: "100ms", txDelay: "500ms", txTail: "10ms", fullDuplex: true, textCommands: true,
        bitRate: 1200, ax25Source: "N0CALL-7", ax25Destination: "QST",
      },
      transmit: {
        capacity: 32, maximumAge: "30s", maximumLocalAge: "10m", acknowledgementAge: "5s",
        ageingAfter: "5s", ageingStep: "2s", urgentRun: 4, checkOnScheduling: false,
        holdOverBudget: ["flood"], localAttempts: 3, retryDelay: "2s", recordLimit: "1s", listen: false,
        listenLimit: "1s", listenExhaustion: "requeue", breakerThreshold: 5, probeInterval: "1s",
        warningInterval: "1m",
      },
      locks: {rollout: "bridge", legacyFolder: "/srv/givtcp"},
      storage: {directory: "/tmp/s", ledgerFile: "/tmp/l", ledgerInterval: "5s"},
      log: {level: "debug", format: "json", file: "/tmp/log"},
      control: {enabled: false, socket: "/tmp/c"},
      simulation: {seed: 2, repeaters: 3, users: 1, messageInterval: "1s", areaKilometres: 2},
    }
    """

  @Test func `a line speed is one that the line can be set to`() {
    #expect(problem("{modem: {baud: 4000000}}") == "accepted")
    let problem = problem("{modem: {baud: 31250}}")
    #expect(problem.contains("modem.baud") && problem.contains("115200"))
  }

  @Test func `every option is read, and reads back as it is written`() throws {
    let configuration = try read(Self.everything)
    let table = NodeConfiguration.table
    let changed = table.differences(from: NodeConfiguration(), to: configuration).map(\.path)
    #expect(
      Set(table.descriptions.map(\.path)).subtracting(changed) == [],
      "these options of the text above made no difference")
    var again = NodeConfiguration()
    var problems: [SettingProblem] = []
    table.read(table.document(configuration), into: &again, problems: &problems)
    #expect(problems.isEmpty)
    // Secrets are never written.
    again.identity.key = configuration.identity.key
    again.security = configuration.security
    for index in again.channels.indices {
      again.channels[index].key = configuration.channels[index].key
    }
    for index in again.regions.known.indices {
      again.regions.known[index].key = configuration.regions.known[index].key
    }
    #expect(table.differences(from: again, to: configuration) == [])
  }

  @Test func `an empty file is the default, and the default is possible`() throws {
    let table = NodeConfiguration.table
    #expect(table.write(try read("{}")) == table.write(NodeConfiguration()))
    let document = table.document(NodeConfiguration()).serialized()
    #expect(table.write(try read(document)) == table.write(NodeConfiguration()))
  }

  @Test(arguments: ["examples/node.json5", "examples/kiss-modem.json5"])
  func `the examples are possible configurations`(path: String) throws {
    let text = try Repository.text(path)
    #expect(throws: Never.self) { _ = try read(text) }
  }

  @Test(arguments: [
    (
      "{\n  node: {\n    latitud: 1,\n  },\n}",
      "node.json5:3:5: there is no option \"latitud\" in node; did you mean latitude?"
    ),
    (
      "{radio: {powerDBm: 31}}",
      "node.json5:1:20: radio.powerDBm must be a whole number, -9…30 dBm"
    ),
    ("{node: {latitude: NaN}}", "node.json5:1:19: node.latitude must be a number, -90…90°"),
    (
      "{radio: {preset: 'EU/UK narow'}}",
      "did you mean \"EU/UK narrow\"?"
    ),
    (
      "{\n modem: {\n  type: 'kiss_serial'}}",
      "node.json5:2:9: modem.device must name the serial device"
    ),
    (
      "{modem: {type: 'kiss_tcp', host: 'h'}}",
      "node.json5:1:9: modem.port must name the modem's port"
    ),
    ("{modem: {slotTime: '15ms'}}", "node.json5:1:20: modem.slotTime must be a multiple of 10ms"),
    (
      "{regions: {known: [{name: '$x'}]}}",
      "node.json5:1:19: regions.known is not possible: the private region “$x” needs a key of 16 bytes"
    ),
    (
      "{regions: {known: [{name: 'a'}, {name: '#a'}]}}",
      "regions.known is not possible: the region “#a” is configured twice"
    ),
    (
      "{regions: {known: [{name: 'a b'}]}}",
      "node.json5:1:27: regions.known [0]: name must hold only letters, digits, -, # and $"
    ),
    (
      "{regions: {default: 'x'}}",
      "node.json5:1:21: regions.default must be one of regions.known; \"x\" is not"
    ),
    (
      "{dutyCycle: {limits: [{window: '1m', allowance: '61s'}]}}",
      "must not allow more (61s) than its window has (1m)"
    ),
    (
      "{\n radio: {preset: 'USA/Canada'},\n dutyCycle: {model: 'strict'}}",
      "node.json5:3:13: dutyCycle has no rule for 910.525 MHz; give dutyCycle.limits"
    ),
    (
      "{radio: {preset: 'USA/Canada'}, dutyCycle: {region: 'fcc_hybrid'}}",
      "dutyCycle needs hybridChannels for region fcc_hybrid"
    ),
    (
      "{radio: {preset: 'USA/Canada'}, dutyCycle: {region: 'fcc_digital'}}",
      "is at least 500000 Hz wide, not 62500 Hz"
    ),
    (
      "{dutyCycle: {region: 'fcc_hopping'}}",
      "are for channels inside 902–928 MHz; use another for one of 62500 Hz around 869618000 Hz"
    ),
    ("{adverts: {floodInterval: '1h'}}", "must be a duration, 0 or 3h…168h"),
    ("{node: {name: 'a', name: 'b'}}", "node.json5:1:20: "),
    ("{node: ", "node.json5:1:"),
    ("{identity: {key: '00'}}", "identity.key must be 32 or 64 bytes in hexadecimal"),
  ])
  func `what is wrong is said with file, line and what would suit`(text: String, message: String) {
    let found = problem(text)
    #expect(found.contains(message), "\(found)")
  }

  @Test func `the key of a private region is read, compared, and never shown`() throws {
    let key = String(repeating: "ab", count: 16)
    let configuration = try read("{regions: {known: [{name: '$club', key: '\(key)'}]}}")
    #expect(configuration.regions.known.first?.key?.count == 16)
    let table = NodeConfiguration.table
    let shown = table.document(configuration).serialized()
    #expect(shown.contains("$club"))
    #expect(!shown.contains("abab"))
    var other = configuration
    other.regions.known[0].key = [UInt8](repeating: 1, count: 16)
    #expect(table.differences(from: configuration, to: other).map(\.path) == ["regions.known"])
  }

  @Test func `a secret from the environment wins, and is never written out`() throws {
    let key = String(repeating: "ab", count: 32)
    let configuration = try read("{}", environment: ["INTERLOCK_IDENTITY_KEY": key])
    #expect(configuration.identity.key == [UInt8](repeating: 0xAB, count: 32))
    #expect(!NodeConfiguration.table.document(configuration).serialized().contains("abab"))
    let wrong = problem("{}", environment: ["INTERLOCK_IDENTITY_KEY": "xyz"])
    #expect(wrong.hasPrefix("node.json5: INTERLOCK_IDENTITY_KEY must be 32 or 64 bytes"))
    #expect(!wrong.contains("xyz"))
  }

  @Test func `a rule means each of its conditions`() throws {
    let rule = try #require(try read(Self.everything).repeaterConfiguration().rules.first)
    #expect(rule.action == .log)
    #expect(rule.types == [.advert])
    #expect(rule.route == .flood)
    #expect(rule.hops == 1...4)
    #expect(rule.payloadBytes == 2...30)
    #expect(rule.frameBytes == 9...90)
    #expect(rule.hashSize == 2)
    #expect(rule.pathContains == [0xA1, 0xB2])
    #expect(rule.hasTransportCodes == false)
    #expect(rule.channelHash == 0x7F)
    #expect(rule.weakerThanQuarterDB == -17)
    #expect(rule.weakerThanDBm == -110)
  }

  @Test func `the limits of others' adverts reach the repeater, and only if switched on`() throws {
    let repeater = try read(Self.everything).repeaterConfiguration()
    #expect(repeater.advertRateLimit == AdvertRateLimit(burst: 3, interval: .seconds(3600)))
    #expect(
      repeater.advertPenalty
        == AdvertPenalty(
          threshold: 3, base: .seconds(3600), factor: 1.5, maximum: .seconds(8 * 3600),
          decay: .seconds(2 * 3600)))
    #expect(
      repeater.advertTiers
        == AdvertTiers(
          window: .seconds(1800), hold: .seconds(60), normal: 0.1, busy: 0.3, congested: 0.7))
    let off = try read("{adverts: {penaltyBase: '1h', adaptiveBusy: 9}}").repeaterConfiguration()
    #expect(off.advertTiers == nil)
    #expect(off.advertRateLimit == nil)
    #expect(off.advertPenalty == nil)
  }

  @Test func `a private region's key may come from the environment alone`() throws {
    let text = "{regions: {default: '$my-club', known: [{name: '$my-club'}, {name: 'open'}]}}"
    let key = String(repeating: "5a", count: 16)
    let configuration = try read(text, environment: ["INTERLOCK_REGION_KEY_MY_CLUB": key])
    #expect(configuration.regions.known[0].key == [UInt8](repeating: 0x5A, count: 16))
    #expect(problem(text).contains("needs a key of 16 bytes"))
    let wrong = problem(text, environment: ["INTERLOCK_REGION_KEY_MY_CLUB": "5a5a"])
    #expect(wrong == "node.json5: INTERLOCK_REGION_KEY_MY_CLUB must be 16 bytes in hexadecimal")
  }

  @Test(arguments: [
    "repeater.seenLifetime", "repeater.verificationBurst", "repeater.verificationsPerSecond",
    "transmit.capacity", "repeater.rules", "repeater.channels", "adverts.rateLimit",
    "adverts.penalty", "adverts.adaptive",
  ])
  func `what the running parts can change is changed by a reload`(path: String) {
    let option = NodeConfiguration.table.descriptions.first { $0.path == path }
    #expect(option?.effect == .atOnce)
  }

  @Test func `every option has a meaning, and its default suits`() throws {
    for setting in NodeConfiguration.table.settings {
      let description = setting.description
      #expect(description.meaning.hasSuffix("."), "\(description.path)")
      var configuration = NodeConfiguration()
      #expect(throws: Never.self, "\(description.path)") {
        try setting.read(setting.write(NodeConfiguration()), &configuration)
      }
    }
    let paths = NodeConfiguration.table.descriptions.map(\.path)
    #expect(Set(paths).count == paths.count)
  }

  @Test func `docs-configuration is what the declarations say`() throws {
    #expect(
      try Repository.text("docs/configuration.md") == SettingsReference.document,
      "make it with: interlock node --print-config-reference > docs/configuration.md")
  }

  @Test func `the channel decides the allowance unless the operator does`() throws {
    let narrow = try read("{}").dutyCyclePolicy()
    #expect(narrow.limits.map(\.allowance) == [.seconds(360)])
    let both = try read("{dutyCycle: {limits: [{window: '1m', allowance: '2s'}]}}")
    #expect(try both.dutyCyclePolicy().limits.map(\.allowance) == [.seconds(360), .seconds(2)])
    let hopping = try read(
      "{radio: {preset: 'USA/Canada'}, dutyCycle: {region: 'fcc_hopping', limits: [{}]}}")
    #expect(try hopping.dutyCyclePolicy().limits.map(\.allowance) == [FCCRule.dwell, .seconds(36)])
    #expect(try hopping.dutyCyclePolicy().maxSingleTransmission == FCCRule.dwell)
    let shorter = try read(
      """
      {radio: {preset: 'USA/Canada'},
       dutyCycle: {region: 'fcc_hybrid', hybridChannels: 8, maximumTransmission: '0.3s'}}
      """)
    #expect(try shorter.dutyCyclePolicy().limits.map(\.window) == [.milliseconds(3200)])
    #expect(try shorter.dutyCyclePolicy().maxSingleTransmission == .milliseconds(300))
    let off = try read("{dutyCycle: {enforce: false}}")
    #expect(try off.dutyCyclePolicy() == .unlimited)
    let shares = try read("{dutyCycle: {floodShare: 0.5, advertShare: 0.125}}").dutyCyclePolicy()
    #expect(shares.floodPermille == 500)
    #expect(shares.advertPermille == 125)
  }
}

/// The package's own files.
enum Repository {
  static func text(_ path: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}
