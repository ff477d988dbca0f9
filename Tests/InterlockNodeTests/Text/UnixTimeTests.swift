import Foundation
import InterlockNode
import Testing

@Suite struct UnixTimeTests {
  @Test(
    arguments: [
      (0, "1970-01-01 00:00:00"), (-1, "1969-12-31 23:59:59"), (951_782_400, "2000-02-29 00:00:00"),
      (4_294_967_295, "2106-02-07 06:28:15"), (1_795_167_575, "2026-11-20 09:39:35"),
    ] as [(Int64, String)])
  func `seconds are written as a date in UTC`(seconds: Int64, text: String) {
    #expect(UnixTime.text(seconds) == text)
  }

  @Test func `every day of four centuries agrees with the platform's calendar`() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    for day in stride(from: -10_000, to: 146_097, by: 7) {
      let seconds = Int64(day) * 86_400 + 3661
      let parts = calendar.dateComponents(
        [.year, .month, .day], from: Date(timeIntervalSince1970: Double(seconds)))
      let expected = String(
        format: "%04d-%02d-%02d 01:01:01", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
      #expect(UnixTime.text(seconds) == expected)
    }
  }

  @Test func `programs get milliseconds and a zone`() {
    #expect(UnixTime.iso8601(nanoseconds: 1_999_999) == "1970-01-01T00:00:00.001Z")
    #expect(UnixTime.iso8601(nanoseconds: -1) == "1969-12-31T23:59:59.999Z")
  }
}
