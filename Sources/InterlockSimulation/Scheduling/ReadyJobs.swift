internal import Interlock

/// The jobs that could run now, and the seed that says which does.
struct ReadyJobs {
  private var jobs: [UnownedJob] = []
  /// Jobs before this index are taken; only first-in-first-out order uses it.
  private var head = 0
  private var generator: SeededGenerator
  private let order: SeededScheduler.Order

  /// Jobs taken so far.
  private(set) var steps = 0
  /// A running hash (FNV-1a) over every choice made and the time it was made at.
  private(set) var fingerprint: UInt64 = 0xCBF2_9CE4_8422_2325

  init(seed: UInt64, order: SeededScheduler.Order) {
    generator = SeededGenerator(seed: seed)
    self.order = order
  }

  var count: Int { jobs.count - head }

  mutating func insert(_ job: UnownedJob) {
    jobs.append(job)
  }

  mutating func removeNext(at now: Instant) -> UnownedJob? {
    guard count > 0 else { return nil }
    steps += 1
    mix(UInt64(count))
    mix(UInt64(bitPattern: now.nanoseconds))
    switch order {
    case .seeded:
      let chosen = count == 1 ? 0 : Int(generator.next(upperBound: UInt64(count)))
      mix(UInt64(chosen))
      jobs.swapAt(chosen, jobs.count - 1)
      return jobs.removeLast()
    case .firstInFirstOut:
      let job = jobs[head]
      head += 1
      // Taken jobs are dropped in bulk, so that a step costs constant time on average.
      if head > 64, head * 2 > jobs.count {
        jobs.removeFirst(head)
        head = 0
      }
      return job
    }
  }

  private mutating func mix(_ value: UInt64) {
    fingerprint = (fingerprint ^ value) &* 0x100_0000_01B3
  }
}
