import Interlock
import InterlockLab
import Testing

/// The clock of this project's guards inside the lab.
@Suite struct LabClockTests {
  @Test func `the system clock is the lab's: an hour passes at once, and exactly`() async throws {
    try await Lab.explore(.random(schedules: 1)) { lab in
      let clock = SystemClock()
      let start = clock.now
      try await clock.sleep(for: .seconds(3600))
      lab.check(start.duration(to: clock.now) == .seconds(3600), "\(start.duration(to: clock.now))")
      lab.check(lab.elapsed == .seconds(3600), "\(lab.elapsed)")
    }
  }
}
