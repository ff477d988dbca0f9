import Interlock
import Testing

@Suite("RollingBudget when its memory is full")
struct RollingBudgetMemoryTests {
  static let limit = RollingBudget.Limit(window: .seconds(60), allowance: .seconds(20))

  /// A budget that remembers few spends one by one.
  static func small(
    _ limits: [RollingBudget.Limit], entries: Int, counting: RollingBudget.Counting = .overlap
  ) -> RollingBudget {
    RollingBudget(
      limits: limits, caps: [.init(covers: .init(rawValue: 1), permille: 500)],
      counting: counting, retention: .seconds(600), maximumEntries: entries)
  }

  @Test func `merged spends are never counted for less than they were, at any instant`() {
    for seed: UInt64 in 0..<20 {
      var random = SeededGenerator(seed: seed)
      var budget = Self.small([], entries: 16)
      var exact = Self.small([], entries: 1 << 12)
      var oracle = WindowOracle()
      var now = Instant.origin
      for _ in 0..<1000 {
        now = now.advanced(by: .milliseconds(Int.random(in: 0...1500, using: &random)))
        let amount = Duration.milliseconds(Int.random(in: 1...800, using: &random))
        let end = now.advanced(by: amount)
        for index in 0..<2 {
          var copy = index == 0 ? budget : exact
          guard case .granted(let id) = copy.reserve(amount, at: now) else { continue }
          copy.settle(id, as: .sent(start: now, end: end))
          if index == 0 { budget = copy } else { exact = copy }
        }
        oracle.add(start: now, end: end)
        now = end
        #expect(budget.entryCount <= 16)
        let window = Duration.milliseconds(Int.random(in: 1...120_000, using: &random))
        let truth = oracle.amount(
          from: now.nanoseconds - window.nanoseconds, to: now.nanoseconds)
        #expect(exact.spent(in: window, at: now).nanoseconds == truth, "seed \(seed)")
        #expect(budget.spent(in: window, at: now).nanoseconds >= truth, "seed \(seed)")
      }
      #expect(budget.statistics.compactions > 0)
      #expect(exact.statistics.compactions == 0)
    }
  }

  @Test func `radio.D1 the promise holds with memory for sixteen spends`() {
    for seed: UInt64 in 0..<20 {
      var random = SeededGenerator(seed: seed)
      var budget = Self.small([Self.limit], entries: 16)
      var oracle = WindowOracle()
      var now = Instant.origin
      for _ in 0..<2000 {
        let amount = Duration.milliseconds(Int.random(in: 1...900, using: &random))
        let share = RollingBudget.Share(rawValue: UInt8.random(in: 0...1, using: &random))
        switch budget.reserve(amount, share: share, at: now) {
        case .granted(let id):
          let start = now.advanced(by: .milliseconds(Int.random(in: 0...300, using: &random)))
          now = start.advanced(by: amount)
          budget.settle(id, as: .sent(start: start, end: now))
          oracle.add(start: start, end: now, share: share)
        case .notBefore(let instant):
          #expect(instant > now, "seed \(seed)")
          now = Bool.random(using: &random) ? instant : now.advanced(by: .milliseconds(100))
        case .never: Issue.record("less than a second fits")
        }
      }
      let whole = oracle.greatest(in: Self.limit.window).amount
      let part = oracle.greatest(in: Self.limit.window, covers: .init(rawValue: 1)).amount
      #expect(whole <= Self.limit.allowance.nanoseconds, "seed \(seed)")
      #expect(part <= Self.limit.allowance.nanoseconds / 2, "seed \(seed)")
      #expect(budget.entryCount <= 16)
    }
  }

  @Test func `what is handed on merged counts for longer, and after the cut as it was`() {
    for seed: UInt64 in 0..<20 {
      var random = SeededGenerator(seed: seed)
      var budget = Self.small([], entries: 1 << 12)
      var now = Instant.origin
      for _ in 0..<300 {
        now = now.advanced(by: .milliseconds(Int.random(in: 0...3000, using: &random)))
        let amount = Duration.milliseconds(Int.random(in: 1...800, using: &random))
        let share = RollingBudget.Share(rawValue: UInt8.random(in: 0...1, using: &random))
        guard case .granted(let id) = budget.reserve(amount, share: share, at: now) else {
          continue
        }
        let start = now
        now = now.advanced(by: amount)
        budget.settle(id, as: .sent(start: start, end: now))
      }
      let cut = now.advanced(by: .seconds(-60))
      var merged = Self.small([], entries: 1 << 12)
      budget.forEachSpend(mergingThrough: cut, within: .seconds(20)) { end, amounts in
        merged.restoreSpend(end: end, amounts: amounts.map { .nanoseconds($0) })
      }
      #expect(merged.entryCount < budget.entryCount / 3, "seed \(seed)")
      for _ in 0..<200 {
        let window = Duration.milliseconds(Int.random(in: 1...600_000, using: &random))
        let (truth, kept) = (budget.spent(in: window, at: now), merged.spent(in: window, at: now))
        #expect(kept >= truth, "seed \(seed), \(window)")
        #expect(window > .seconds(60) || kept == truth, "seed \(seed), \(window)")
        // A merged spend is moved by less than the grain.
        #expect(
          kept <= budget.spent(in: window + .seconds(20), at: now), "seed \(seed), \(window)")
      }
    }
  }

  @Test func `what left every window and the retention is forgotten`() {
    var budget = Self.small([Self.limit], entries: 1 << 12)
    for second in 0..<2000 {
      let now = RollingBudgetTests.at(Double(second))
      #expect(RollingBudgetTests.send(&budget, .milliseconds(1), at: now))
    }
    #expect((590...610).contains(budget.entryCount))
  }

  @Test func `spends that were stamped are laid out when overlaps begin to count`() {
    var budget = Self.small([], entries: 64, counting: .whole)
    let now = RollingBudgetTests.at(100)
    for _ in 0..<10 {
      guard case .granted(let id) = budget.reserve(.seconds(1), at: now) else { continue }
      budget.settle(id, as: .sent(start: now, end: now.advanced(by: .seconds(1))))
    }
    budget.setLimits([Self.limit], counting: .overlap)
    // Ten seconds were spent; no window, however short, may hold less than it must.
    #expect(budget.spent(in: .seconds(60), at: now) == .seconds(10))
    #expect(
      RollingBudgetTests.ask(&budget, .seconds(11), at: now)
        == .notBefore(RollingBudgetTests.at(101 + 60 - 11)))
  }

  @Test func `no more reservations are granted than can be kept`() {
    var budget = Self.small([], entries: 64)
    var ids: [RollingBudget.ReservationID] = []
    for _ in 0..<RollingBudget.maximumPending {
      guard case .granted(let id) = budget.reserve(.seconds(1), at: .origin) else { continue }
      ids.append(id)
    }
    #expect(ids.count == RollingBudget.maximumPending)
    #expect(Set(ids).count == ids.count)
    let next = RollingBudgetTests.ask(&budget, .seconds(1), at: .origin)
    #expect(next == .notBefore(RollingBudgetTests.at(1)))
    budget.settle(ids[3], as: .notSent)
    guard case .granted = budget.reserve(.seconds(1), at: .origin) else {
      Issue.record("there is room again")
      return
    }
    #expect(
      RollingBudgetTests.ask(&budget, RollingBudget.longestWindow + .seconds(1), at: .origin)
        == .never)
  }
}
