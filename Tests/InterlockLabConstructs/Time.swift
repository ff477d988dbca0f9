import Dispatch
import Foundation
import InterlockLab

extension Construct {
  static let ofTime: [Construct] = [
    Construct("Task.sleep(for:)") { lab in
      try await Task.sleep(for: .seconds(3600))
      lab.check(lab.elapsed == .seconds(3600), "\(lab.elapsed)")
    },
    Construct("Task.sleep(nanoseconds:)") { lab in
      try await Task.sleep(nanoseconds: 1_500_000_000)
      lab.check(lab.elapsed == .milliseconds(1500), "\(lab.elapsed)")
    },
    Construct("Task.sleep(until:) on the continuous clock") { lab in
      try await Task.sleep(until: .now + .seconds(5), clock: .continuous)
      lab.check(lab.elapsed == .seconds(5), "\(lab.elapsed)")
    },
    Construct("Task.sleep on the suspending clock") { lab in
      try await Task.sleep(for: .seconds(5), tolerance: .seconds(1), clock: .suspending)
      lab.check(lab.elapsed == .seconds(5), "\(lab.elapsed)")
    },
    Construct("a sleep on the main actor") { lab in
      try await Task { @MainActor in
        try await Task.sleep(for: .seconds(5))
        MainActor.assertIsolated()
      }.value
      lab.check(lab.elapsed == .seconds(5), "\(lab.elapsed)")
    },
    Construct("a sleep that is cancelled") { lab in
      let task = Task { try await Task.sleep(for: .seconds(3600)) }
      await Task.yield()
      task.cancel()
      let result = await task.result
      lab.check((try? result.get()) == nil, "slept")
      lab.check(lab.elapsed == .zero, "time passed")
    },
    Construct("sleeps that end together") { lab in
      let box = Box()
      await withDiscardingTaskGroup { group in
        for _ in 0..<3 {
          group.addTask {
            try? await Task.sleep(for: .seconds(1))
            await box.add(1)
          }
        }
      }
      lab.check(await box.value == 3, "value")
      lab.check(lab.elapsed == .seconds(1), "\(lab.elapsed)")
    },
    Construct("ContinuousClock.now") { lab in
      let start = ContinuousClock.now
      try await Task.sleep(for: .seconds(60))
      lab.check(start.duration(to: .now) == .seconds(60), "elapsed")
    },
    Construct("SuspendingClock.now") { lab in
      let start = SuspendingClock.now
      try await Task.sleep(for: .seconds(60))
      lab.check(start.duration(to: .now) == .seconds(60), "elapsed")
    },
    Construct("a clock of the caller's type") { lab in
      let clock: any Clock<Duration> = ContinuousClock()
      let passed = try await clock.measure { try await clock.sleep(for: .seconds(2)) }
      lab.check(passed == .seconds(2), "\(passed)")
      lab.check(lab.elapsed == .seconds(2), "\(lab.elapsed)")
    },
    Construct("Date()") { lab in
      let start = Date()
      try await Task.sleep(for: .seconds(60))
      lab.check(abs(Date().timeIntervalSince(start) - 60) < 1e-6, "elapsed")
    },
    Construct("DispatchTime.now()") { lab in
      let start = DispatchTime.now().uptimeNanoseconds
      try await Task.sleep(for: .seconds(60))
      lab.check(DispatchTime.now().uptimeNanoseconds - start == 60_000_000_000, "elapsed")
    },
  ]
}
