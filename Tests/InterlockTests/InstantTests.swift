import Interlock
import Testing

@Suite struct InstantTests {
  @Test func `the duration to a later instant is positive`() {
    let early = Instant(nanoseconds: 10)
    let late = Instant(nanoseconds: 25)
    #expect(early.duration(to: late) == .nanoseconds(15))
    #expect(late.duration(to: early) == .nanoseconds(-15))
    #expect(early.advanced(by: .nanoseconds(15)) == late)
  }

  @Test func `arithmetic saturates instead of trapping`() {
    #expect(Instant.distantFuture.advanced(by: .seconds(1)) == .distantFuture)
    #expect(Instant(nanoseconds: .min).nanoseconds(to: .distantFuture) == .max)
    #expect(Duration.seconds(Int64.max).nanoseconds == .max)
    #expect(Duration.seconds(Int64.min).nanoseconds == .min)
  }

  @Test func `nanoseconds round toward zero`() {
    let fraction = Duration(secondsComponent: 1, attosecondsComponent: 1_999_999_999)
    #expect(fraction.nanoseconds == 1_000_000_001)
    #expect(Duration.microseconds(-3).nanoseconds == -3_000)
  }
}
