import InterlockMeshCore
import InterlockWire
import Testing

@testable import InterlockNode

@Suite struct ChannelConfigurationTests {
  private static let key = String(repeating: "5a", count: 16)

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

  private func channels(_ list: String, environment: [String: String] = [:]) throws -> [Channel] {
    try read("{repeater: {channels: [\(list)]}}", environment: environment)
      .repeaterConfiguration().channels.map(\.channel)
  }

  @Test func `no channel is known unless it is listed`() throws {
    #expect(try read("{}").repeaterConfiguration().channels.isEmpty)
  }

  @Test func `a key is given as apps share it, or follows from the name`() throws {
    let crew = try #require(Channel(key: [UInt8](repeating: 0x5A, count: 16)))
    let forms = try channels(
      """
      {name: "Public"}, {name: "#test"}, {name: "crew", key: "\(Self.key)"},
      {name: "long", key: "AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qhqK+2vcTL0tk="},
      {name: "half", key: "AAcOFRwjKjE4P0ZNVFtiaQ=="}
      """)
    #expect(forms.map(\.hash).prefix(3) == [0x11, 0xD9, crew.hash])
    #expect(forms[2].secret == crew.secret)
    let bytes = (UInt8(0)..<32).map { $0 * 7 }
    #expect(forms[3].secret == Channel(key: bytes)?.secret)
    #expect(forms[4].secret == Channel(key: Array(bytes.prefix(16)))?.secret)
    // What an app shares of a channel whose key follows from its name.
    let shared = try channels("{name: '#test', key: '9cd8fcf22a47333b591d96a2b848b73f'}")
    #expect(shared.map(\.hash) == [0xD9])
  }

  @Test func `a key may come from the environment, which wins`() throws {
    let environment = ["INTERLOCK_CHANNEL_KEY_NIGHT_CREW": Self.key]
    let crew = try #require(Channel(key: [UInt8](repeating: 0x5A, count: 16)))
    #expect(
      try channels(#"{name: "Night crew"}"#, environment: environment)[0].secret == crew.secret)
    let other = #"{name: "Night crew", key: "AAcOFRwjKjE4P0ZNVFtiaQ=="}"#
    #expect(try channels(other, environment: environment)[0].secret == crew.secret)
    let wrong = problem(
      #"{repeater: {channels: [{name: "Night crew"}]}}"#,
      environment: ["INTERLOCK_CHANNEL_KEY_NIGHT_CREW": "5a5b"])
    #expect(
      wrong.hasPrefix(
        "node.json5: INTERLOCK_CHANNEL_KEY_NIGHT_CREW must be 16 or 32 bytes in hexadecimal"))
    #expect(!wrong.contains("5a5b"))
  }

  @Test func `keys are compared, and never shown`() throws {
    let configuration = try read(
      "{repeater: {channels: [{name: 'crew', key: '\(Self.key)'}, {name: '#test'}]}}")
    let table = NodeConfiguration.table
    let shown = table.document(configuration).serialized()
    #expect(shown.contains("crew") && shown.contains("#test"))
    #expect(!shown.contains("5a5a") && !shown.contains("9cd8"))
    var other = configuration
    other.channels[0].key = [UInt8](repeating: 1, count: 16)
    #expect(table.differences(from: configuration, to: other).map(\.path) == ["repeater.channels"])
  }

  @Test(arguments: [
    (
      "[\n {name: 'crew', key: '5a5b5c5d5e'}]",
      "node.json5:2:22: repeater.channels [0]: key must be 16 or 32 bytes in hexadecimal or base64"
    ),
    (
      "[\n {key: '5a5b5c5d5e5f50515a5b5c5d5e5f5051'}]",
      "node.json5:2:2: repeater.channels [0]: name must be given"
    ),
    (
      "[{name: ''}]",
      "node.json5:1:31: repeater.channels [0]: name must be text of 1…32 bytes, this has 0"
    ),
    (
      "[{name: '#a'},\n {name: 'crew'}]",
      "node.json5:2:2: repeater.channels [1]: key must be given, here or in "
        + "INTERLOCK_CHANNEL_KEY_CREW: only a #name and \"Public\" have one that follows"
    ),
    (
      "[{name: '#a',\n key: '5a5b5c5d5e5f50515a5b5c5d5e5f5051'}]",
      "node.json5:2:7: repeater.channels [0]: key must be left out: it follows from the name #a"
    ),
    (
      "[{name: 'Public', key: '5a5b5c5d5e5f50515a5b5c5d5e5f5051'}]",
      "repeater.channels [0]: key must be left out: it follows from the name Public"
    ),
    (
      "[{name: '#a'},\n {name: '#a'}]",
      "node.json5:2:9: repeater.channels [1]: name must be another: [0] has it too"
    ),
    (
      "[{name: '#a'}, {name: 'x', key: '5a5b5c5d5e5f50515a5b5c5d5e5f5051'},\n"
        + " {name: 'y', key: '5a5b5c5d5e5f50515a5b5c5d5e5f505100000000000000000000000000000000'}]",
      "node.json5:2:19: repeater.channels [2]: key must be another: [1] has it too"
    ),
    (
      "[\(String(repeating: "{name: '#a'},", count: 41))]",
      "repeater.channels must be a list of at most 40 channels"
    ),
  ])
  func `a channel that cannot be is refused, its key unsaid`(list: String, message: String) {
    let found = problem("{repeater: {channels: \(list)}}")
    #expect(found.contains(message), "\(found)")
    #expect(!found.contains("5a5b"), "\(found)")
  }

  @Test(arguments: [
    (
      "rules: [\n{sender: 'x'}]",
      "node.json5:2:10: repeater.rules [0]: sender needs the key of a channel; "
        + "give repeater.channels"
    ),
    ("rules: [{text: 'x'}]", "repeater.rules [0]: text needs the key of a channel"),
    ("rules: [{channel: 'x'}]", "repeater.rules [0]: channel needs the key of a channel"),
    (
      "channels: [{name: '#jokes'}, {name: '#news'}], rules: [{},\n {channel: '#joke'}]",
      "node.json5:2:12: repeater.rules [1]: channel must be one of repeater.channels; \"#joke\" is "
        + "not; did you mean \"#jokes\"?"
    ),
    (
      "channels: [{name: '#test'}], rules: [{text: 'x', types: ['GRP_DATA', 'ACK']}]",
      "repeater.rules [0]: types must have GRP_TXT in a rule with text"
    ),
    (
      "channels: [{name: '#test'}], rules: [{channel: '#test', types: ['ACK']}]",
      "repeater.rules [0]: types must have GRP_TXT or GRP_DATA in a rule with channel"
    ),
    (
      "channels: [{name: '#test'}, {name: 'Public'}], "
        + "rules: [{channel: '#test', channelHash: '11'}]",
      "repeater.rules [0]: channelHash is of no channel whose key the rule could use"
    ),
    (
      "channels: [{name: '#test'}], rules: [{sender: 'x', channelHash: '11'}]",
      "repeater.rules [0]: channelHash is of no channel whose key the rule could use"
    ),
    (
      "channels: [{name: '#test'}], rules: [{text: ''}]",
      "repeater.rules [0]: text must be text of 1…160 bytes"
    ),
  ])
  func `a rule about a channel that could never apply is refused`(text: String, message: String) {
    let found = problem("{repeater: {\(text)}}")
    #expect(found.contains(message), "\(found)")
  }

  @Test(arguments: [
    "{channel: '#test', types: ['GRP_DATA']}", "{channelHash: 'd9', text: '*'}",
    "{channel: 'Public', channelHash: '11', types: ['ACK', 'GRP_TXT'], sender: 'x', text: 'y'}",
    "{channelHash: '77'}",
  ])
  func `a rule that could is accepted`(rule: String) {
    let channels = "[{name: '#test'}, {name: 'Public'}]"
    #expect(problem("{repeater: {channels: \(channels), rules: [\(rule)]}}") == "accepted")
  }

  @Test func `a channel that is wrong is all that is said of it`() {
    let found = problem(
      "{repeater: {channels: [{name: 'crew'}], rules: [{channel: 'crew', text: 'x'}]}}")
    #expect(found.split(separator: "\n").count == 1, "\(found)")
  }

  @Test func `a rule means what it says of channels`() throws {
    let rule = try #require(
      try read(
        """
        {repeater: {channels: [{name: "#test"}],
          rules: [{channel: "#test", sender: "A*", text: "*b"}]}}
        """
      ).repeaterConfiguration().rules.first)
    #expect(rule.channel == "#test")
    #expect(rule.sender == TextPattern("a*"))
    #expect(rule.text == TextPattern("*b"))
  }

  @Test func `the example of the documentation is a possible configuration`() throws {
    let parts = SettingsReference.document.split(separator: "```")
    let example = try #require(parts.first { $0.hasPrefix("json5") }).dropFirst("json5".count)
    let configuration = try read(
      String(example), environment: ["INTERLOCK_CHANNEL_KEY_CREW": Self.key])
    #expect(configuration.channels.count == 3)
    #expect(configuration.rules.count == 3)
  }
}
