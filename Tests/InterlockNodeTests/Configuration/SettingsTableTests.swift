import InterlockWire
import Testing

@testable import InterlockNode

@Suite struct SettingsTableTests {
  struct Lamp: DefaultConstructible, Hashable {
    var name = "lamp"
    var watts = 40
    var tint = 0.5
    var glow = Duration.seconds(1)
    var key: [UInt8]?
    var shade = Shade.round
    var isLit = false
    var bulbs: [Bulb] = []
  }
  struct Bulb: DefaultConstructible, Hashable {
    var lumens = 800
  }
  enum Shade: String, CaseIterable { case round, square }

  static let table = SettingsTable<Lamp>([
    Setting("name", \.name, .text(1...8), "Its name."),
    Setting("power.watts", \.watts, .integer(1...100, unit: " W"), effect: .onRestart, "Power."),
    Setting("power.tint", \.tint, .number(0...1), "Tint."),
    Setting("power.glow", \.glow, .duration(.seconds(1)...(.seconds(60)), orZero: true), "Glow."),
    Setting("key", \.key, SettingKind.hex(bytes: [2]).orNull, secret: "LAMP_KEY", "Its key."),
    Setting("shade", \.shade, .word, "Its shade."),
    Setting("lit", \.isLit, .boolean, "Whether it is lit."),
    Setting(
      "bulbs", \.bulbs,
      .objects(
        SettingsTable<Bulb>([Setting("lumens", \.lumens, .integer(1...2000), "Light.")]),
        atMost: 2, called: "bulbs"),
      "Its bulbs."),
  ])

  private func read(_ text: String) throws -> (Lamp, [String]) {
    var lamp = Lamp()
    var problems: [SettingProblem] = []
    Self.table.read(
      try JSONValue(parsing: text, as: .json5), into: &lamp, problems: &problems)
    return (
      lamp, problems.map { "\($0.place?.line ?? 0):\($0.place?.column ?? 0) \($0.message)" }
    )
  }

  @Test func `what is written is set and the rest keeps its default`() throws {
    let (lamp, problems) = try read(
      "{name: 'a', power: {glow: '1.5s', watts: 0x10}, key: 'beef', bulbs: [{}, {lumens: 3}]}")
    var expected = Lamp()
    expected.name = "a"
    expected.glow = .milliseconds(1500)
    expected.watts = 16
    expected.key = [0xBE, 0xEF]
    expected.bulbs = [Bulb(), Bulb(lumens: 3)]
    #expect(problems == [])
    #expect(lamp == expected)
  }

  @Test(arguments: [
    ("{nam: 'a'}", "1:2 there is no option \"nam\"; did you mean name?"),
    ("{\n  power: {wats: 3},\n}", "2:11 there is no option \"wats\" in power; did you mean watts?"),
    ("{watts: 3}", "1:2 there is no option \"watts\"; there is power.watts"),
    (
      "{power: {elephant: 3}}",
      "1:10 there is no option \"elephant\" in power; the options here are glow, tint, watts"
    ),
    ("{power: 3}", "1:9 power must be an object: { … }"),
    ("[]", "1:1 the configuration must be an object: { … }"),
    ("{power: {watts: 101}}", "1:17 power.watts must be a whole number, 1…100 W"),
    ("{power: {watts: 1.5}}", "1:17 power.watts must be a whole number, 1…100 W"),
    ("{power: {watts: '5'}}", "1:17 power.watts must be a whole number, 1…100 W"),
    ("{power: {watts: null}}", "1:17 power.watts must be a whole number, 1…100 W"),
    ("{power: {tint: NaN}}", "1:16 power.tint must be a number, 0…1"),
    ("{power: {tint: Infinity}}", "1:16 power.tint must be a number, 0…1"),
    ("{power: {tint: -0.001}}", "1:16 power.tint must be a number, 0…1"),
    ("{power: {glow: '61s'}}", "1:16 power.glow must be a duration, 0 or 1s…1m"),
    ("{power: {glow: NaN}}", "1:16 power.glow must be a duration, 0 or 1s…1m"),
    ("{power: {glow: -1}}", "1:16 power.glow must be a duration, 0 or 1s…1m"),
    ("{name: ''}", "1:8 name must be text of 1…8 bytes, this has 0"),
    ("{name: 'a\\nb'}", "1:8 name must hold no control characters"),
    ("{key: 'be'}", "1:7 key must be 2 bytes in hexadecimal"),
    (
      "{shade: 'sqare'}",
      "1:9 shade must be one of \"round\", \"square\"; did you mean \"square\"?"
    ),
    ("{lit: 1}", "1:7 lit must be true or false"),
    ("{bulbs: [{}, {lumens: 0}]}", "1:23 bulbs [1]: lumens must be a whole number, 1…2000"),
    ("{bulbs: [{lumen: 0}]}", "1:11 bulbs [0]: there is no option \"lumen\"; did you mean lumens?"),
    ("{bulbs: [{}, {}, {}]}", "1:9 bulbs must be a list of at most 2 bulbs"),
  ])
  func `what does not suit is refused where it stands`(text: String, problem: String) throws {
    #expect(try read(text).1 == [problem])
  }

  @Test func `a duration may be 0 where that means off, and a bare number is seconds`() throws {
    #expect(try read("{power: {glow: 0}}").0.glow == .zero)
    #expect(try read("{power: {glow: 2.5}}").0.glow == .milliseconds(2500))
  }

  @Test func `every problem is reported, not only the first`() throws {
    #expect(try read("{nam: 1, power: {watts: 0}, lit: 7}").1.count == 3)
  }

  @Test func `what is written reads back as the same`() throws {
    var lamp = Lamp()
    lamp.name = "ü\"x"
    lamp.tint = 0.1
    lamp.key = [1, 2]
    lamp.shade = .square
    lamp.bulbs = [Bulb(lumens: 7)]
    for setting in Self.table.settings {
      var copy = Lamp()
      try setting.read(setting.write(lamp), &copy)
      #expect(setting.write(copy) == setting.write(lamp), "\(setting.description.path)")
    }
  }

  @Test func `differences name the options that changed`() {
    var lamp = Lamp()
    lamp.watts = 3
    lamp.bulbs = [Bulb()]
    #expect(Self.table.differences(from: Lamp(), to: lamp).map(\.path) == ["power.watts", "bulbs"])
    #expect(Self.table.differences(from: lamp, to: lamp) == [])
  }

  @Test func `the reference shows range, default, effect, secret and items`() {
    let text = SettingsReference.markdown(Self.table.descriptions)
    #expect(text.contains("## power"))
    #expect(
      text.contains(
        "| `power.watts` | a whole number, 1…100 W | `40` | Power. "
          + "*Takes effect at the next start.* |"))
    #expect(
      text.contains(
        "| `key` | 2 bytes in hexadecimal, or null | `null` | Its key. `LAMP_KEY` overrides it. |"))
    #expect(text.contains("Each of `bulbs`:"))
  }
}
