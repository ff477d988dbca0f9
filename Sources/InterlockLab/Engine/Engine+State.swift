/// The state of a run, when the body says what belongs to its own.
extension Engine {
  /// A hash of all that decides how the run can go on; nil when that is not known.
  ///
  /// Tasks are told apart by where they come from and how far they are, not by their numbers: those depend on the
  /// order in which they were made.
  var state: UInt64? {
    guard let fingerprint else { return nil }
    var hasher = Hasher()
    fingerprint(&hasher)
    hasher.combine(now)
    hasher.combine(lineage(of: last))
    if usedRandom { hasher.combine(random) }
    let stack = CallStack()
    // Sums, because the order in which things arrived makes no difference.
    var sum: UInt64 = 0
    for record in tasks.records {
      let place = stack.place(of: RuntimeObject(address: record.object))
      sum &+= Self.hash(
        record.lineage.value, UInt64(record.steps), record.isFrozen ? 1 : 0, place,
        record.endings.value)
    }
    for site in sites.visits {
      var label = TraceHash()
      for byte in site.label.utf8 { label.mix(UInt64(byte)) }
      sum &+= Self.hash(label.value, UInt64(site.count), 4)
    }
    for job in ready {
      sum &+= Self.hash(lineage(of: job.task), UInt64(job.mode.rawValue), 2)
    }
    timers.forEach { sum &+= Self.hash(lineage(of: $0.task), UInt64(bitPattern: $0.deadline), 3) }
    hasher.combine(sum)
    return UInt64(truncatingIfNeeded: hasher.finalize())
  }

  /// Keeps the last steps before the limit.
  func noteLastStep() {
    guard steps + LastSteps.count >= setup.steps, let fingerprint else { return }
    var hasher = Hasher()
    fingerprint(&hasher)
    lastSteps.append(task: last, fingerprint: hasher.finalize())
  }

  /// What to call a run that takes more steps than it may.
  func endlessness() -> Outcome {
    guard let cycle = lastSteps.cycle else { return .stepLimit(steps) }
    return .livelock(steps: steps, cycle: cycle.map(tasks.label))
  }

  private func lineage(of task: Int32) -> UInt64 {
    task >= 0 && task < Int32(truncatingIfNeeded: tasks.count)
      ? tasks[task].lineage.value : UInt64.max
  }

  private static func hash(_ words: UInt64...) -> UInt64 {
    var hash = TraceHash()
    for word in words { hash.mix(word) }
    return hash.value
  }
}
