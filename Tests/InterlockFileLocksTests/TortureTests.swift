import Foundation
import Interlock
import InterlockLocks
import InterlockSystem
import InterlockTestKit
import TestSupport
import Testing

@testable import InterlockFileLocks

/// Many processes for one lock, killed and stopped at random; and a history that must be possible.
@Suite(.tags(.integration, .slow), .ownThread, .serialized, .timeLimit(.minutes(20)))
struct TortureTests {
  private let directory: TemporaryDirectory
  private let clock = SystemClock()

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func start(_ mode: LockMode, hold: Int) throws -> Worker {
    let worker = try Worker(
      "loop", directory.path, "torture", "\(mode)", "\(hold)", directory("history"), "0")
    try worker.say("go")
    return worker
  }

  /// What was written, and who was ended by a signal that was sent after some instant.
  private func history(_ ended: [(worker: Int32, instant: Instant)]) throws -> LockHistory {
    var history = LockHistory()
    history.read(String(decoding: try Data(contentsOf: url), as: UTF8.self))
    for (worker, instant) in ended {
      history.add(LockEventRecord(process: Int(worker), .ended, at: instant))
    }
    return history
  }

  private var url: URL { URL(fileURLWithPath: directory("history")) }

  /// Waits until the history has so many more bytes: then somebody gets on.
  private func waitForGrowth(_ bytes: Int) throws {
    func size() -> Int { Int(FileStatus(of: directory("history"))?.size ?? 0) }
    let (start, end) = (size(), clock.now.advanced(by: .seconds(60)))
    while size() < start + bytes {
      try #require(clock.now < end, "nobody gets on any more")
      Pause.hold(.milliseconds(1))
    }
  }

  @Test func `locks.M3 with random ends and stops nobody overlaps, overtakes or is stuck`() throws {
    let seed = UInt64.random(in: 0...9999)
    print("torture: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    var killed: [(Int32, Instant)] = []
    var workers = try (0..<16).map { _ in try start(.exclusive, hold: 50) }
    for step in 0..<Schedules.count(150) {
      let index = Int.random(in: 0..<workers.count, using: &random)
      let worker = workers[index]
      if Bool.random(using: &random) {
        killed.append((worker.number, clock.now))
        worker.kill(SIGKILL)
        worker.waitForEnd()
        workers[index] = try start(.exclusive, hold: 50)
      } else {
        worker.kill(SIGSTOP)
        Pause.hold(.microseconds(Int.random(in: 0..<5000, using: &random)))
        worker.kill(SIGCONT)
      }
      if step % 10 == 0 { try waitForGrowth(2000) }
    }
    try waitForGrowth(10_000)
    for worker in workers {
      killed.append((worker.number, clock.now))
      worker.kill(SIGKILL)
    }
    for worker in workers { worker.waitForEnd() }
    let history = try history(killed)
    let faults = history.faults(slack: .zero)
    print("torture: \(history.grants.count) grants, \(killed.count) killed")
    #expect(faults == [], "seed \(seed)")
    #expect(history.grants.count > 1000)
  }

  @Test func `locks.P3 busy processes have turns alike`() throws {
    let workers = try (0..<16).map { _ in try start(.exclusive, hold: 200) }
    try waitForGrowth(Schedules.isFull ? 3_000_000 : 300_000)
    let times = workers.map { worker in
      defer { worker.kill(SIGKILL) }
      return (worker.number, clock.now)
    }
    for worker in workers { worker.waitForEnd() }
    let history = try history(times)
    #expect(history.faults(slack: .zero) == [])
    // Counted while all were there; who is in line last has one turn less.
    let grants = history.grants
    let begin = try #require(
      workers.compactMap { worker in
        grants.filter { $0.process == Int(worker.number) }.compactMap(\.entered).min()
      }.max())
    let counts = workers.map { worker in
      grants.filter { $0.process == Int(worker.number) && ($0.entered ?? .origin) >= begin }.count
    }
    let (least, busiest) = (counts.min() ?? 0, counts.max() ?? 0)
    print("P3: turns \(busiest) to \(least)")
    #expect(least > 10 && busiest <= least + 2)
  }

  @Test func `locks.P5 with random ends there are never more permits than there are`() throws {
    var random = SeededGenerator(seed: 5)
    var killed: [(Int32, Instant)] = []
    let modes: [LockMode] = [.permits(1, of: 3), .permits(2, of: 3), .permits(3, of: 3)]
    var workers = try (0..<9).map { index in
      (try start(modes[index % 3], hold: 50), index % 3 + 1)
    }
    var counts: [Int32: Int] = [:]
    for (worker, count) in workers { counts[worker.number] = count }
    for step in 0..<Schedules.count(30) {
      let index = Int.random(in: 0..<workers.count, using: &random)
      killed.append((workers[index].0.number, clock.now))
      workers[index].0.kill(SIGKILL)
      workers[index].0.waitForEnd()
      workers[index].0 = try start(modes[index % 3], hold: 50)
      counts[workers[index].0.number] = index % 3 + 1
      if step % 5 == 0 { try waitForGrowth(2000) }
    }
    try waitForGrowth(5000)
    for (worker, _) in workers {
      killed.append((worker.number, clock.now))
      worker.kill(SIGKILL)
      worker.waitForEnd()
    }
    var changes: [(time: Instant, count: Int)] = []
    for grant in try history(killed).grants {
      let count = try #require(counts[Int32(grant.process)])
      changes.append((try #require(grant.entered), count))
      changes.append((try #require(grant.end), -count))
    }
    // At one instant what is given back counts first: the clock is no finer.
    changes.sort { ($0.time, $0.count) < ($1.time, $1.count) }
    var (inside, most) = (0, 0)
    for change in changes {
      inside += change.count
      most = max(most, inside)
    }
    print("P5: \(changes.count / 2) grants, at most \(most) inside")
    #expect(most == 3)
  }
}
