import InterlockCommandLine
import InterlockWire
import Testing

@Suite struct ReportTests {
  private func report() -> Report {
    var inner = Report()
    inner.add("tag", "0a")
    var report = Report()
    report.add("airtime_us", 1500, "1.5 ms")
    report.add("hops", ["a1", "b2"])
    report.add("payload", inner)
    return report
  }

  @Test func `people read aligned lines without the units of names`() {
    #expect(report().lines == ["airtime  1.5 ms", "hops     a1 b2", "payload", "  tag  0a"])
  }

  @Test func `programs read one object with every fact`() {
    #expect(
      report().json.serialized()
        == #"{"airtime_us":1500,"hops":["a1","b2"],"payload":{"tag":"0a"}}"#)
  }
}
