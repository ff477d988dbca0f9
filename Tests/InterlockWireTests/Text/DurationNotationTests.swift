import InterlockWire
import Testing

@Suite struct DurationNotationTests {
  @Test(arguments: [
    ("250ms", Duration.milliseconds(250)), ("1.5s", .milliseconds(1500)), ("30s", .seconds(30)),
    ("5m", .seconds(300)), ("1h", .seconds(3600)), ("7", .seconds(7)), ("0.25", .milliseconds(250)),
    ("0", .zero), ("1.5h", .seconds(5400)), ("0.000000001s", .nanoseconds(1)),
    ("0.000000001h", .nanoseconds(3600)), ("878400h", .seconds(878_400 * 3600)),
  ])
  func `a duration is read as the command line writes it`(text: String, expected: Duration) {
    #expect(Duration(notation: text) == expected)
  }

  @Test(arguments: [
    "", "s", "ms", "-1s", "+1", "1e3", "1.s", ".5s", "1.2.3s", "1 s", "1d", "5M", "inf", "nan",
    "878401h", "9223372036854775807h", "1.0000000001s", "٣s", "0x10",
  ])
  func `anything else is refused`(text: String) {
    #expect(Duration(notation: text) == nil)
  }

  @Test func `the notation of a duration reads back as the same duration`() {
    var state: UInt64 = 7
    for _ in 0..<10_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let nanoseconds = Int64(state >> 8) >> Int64(state & 31)
      let duration = Duration.nanoseconds(nanoseconds)
      #expect(Duration(notation: duration.notation) == duration, "\(nanoseconds) ns")
    }
  }

  @Test(arguments: [
    (Duration.microseconds(12), "12 µs"), (.microseconds(412_345), "412.3 ms"),
    (.microseconds(17_310_000), "17.31 s"), (.seconds(303), "5 min 03 s"),
    (.seconds(7500), "2 h 05 min"), (.milliseconds(-5), "-5.0 ms"),
  ])
  func `a reader sees a duration in its natural unit`(duration: Duration, text: String) {
    #expect(duration.forReading == text)
  }
}
