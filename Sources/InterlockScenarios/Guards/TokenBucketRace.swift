internal import Interlock
internal import InterlockLab

extension Scenario {
  /// A bucket is looked into, and taken from later.
  static let tokenBucket: Scenario = {
    let callers = Parameter("callers", 3)
    let tokens = Parameter("tokens", 2)
    return Scenario(
      "guard.token-bucket",
      asks: "Can more go ahead at once than the bucket holds tokens?",
      parameters: [callers, tokens], foundWithin: 16
    ) { lab, variant in
      let now = SystemClock().now
      let bucket = Watched(
        TokenBucket(capacity: tokens.value, refilling: 1, every: .seconds(3600), at: now))
      let passed = Watched(0)
      lab.invariant("no more pass than there are tokens") { passed.value <= tokens.value }
      await withTaskGroup(of: Void.self) { group in
        for caller in 0..<callers.value {
          group.addTask(name: "caller-\(caller)") {
            if variant == .guarded {
              guard bucket.change({ $0.take(at: now) }) == .taken else { return }
              await Task.yield()
            } else {
              guard bucket.value.available(at: now) > 0 else { return }
              await Task.yield()
              _ = bucket.change { $0.take(at: now) }
            }
            passed.change { $0 += 1 }
          }
        }
      }
      lab.check(passed.value == tokens.value, "\(passed.value) passed")
    }
  }()
}
