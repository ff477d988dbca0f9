import Interlock

/// What was really on the air, and the most that ever lay in a window of it.
///
/// It shares nothing with the budget under test: no running totals, no search. It sweeps a slope.
/// What lies in `(t − W, t]` rises by one nanosecond a nanosecond from the start of a spend to its
/// end, and falls likewise a window later; so between those four instants it is a straight line, and
/// the greatest value over *all* instants is found at one of them.
struct WindowOracle {
  struct Spend {
    var start: Int64
    var end: Int64
    var share: RollingBudget.Share
  }

  private(set) var spends: [Spend] = []

  mutating func add(
    start: Instant, end: Instant, share: RollingBudget.Share = []
  ) {
    guard end > start else { return }
    spends.append(Spend(start: start.nanoseconds, end: end.nanoseconds, share: share))
  }

  /// The greatest sum of overlaps with `(t − window, t]` over all `t`, and where it is reached;
  /// of all spends, or of those of certain kinds.
  func greatest(
    in window: Duration, covers: RollingBudget.Share? = nil
  ) -> (amount: Int64, at: Int64) {
    let width = window.nanoseconds
    var bends: [(at: Int64, slope: Int64)] = []
    for spend in spends where covers.map({ !$0.isDisjoint(with: spend.share) }) ?? true {
      bends.append((spend.start, 1))
      bends.append((spend.end, -1))
      bends.append((spend.start + width, -1))
      bends.append((spend.end + width, 1))
    }
    bends.sort { $0.at < $1.at }
    var greatest: (amount: Int64, at: Int64) = (0, 0)
    var amount: Int64 = 0
    var slope: Int64 = 0
    var last = bends.first?.at ?? 0
    for bend in bends {
      amount += slope * (bend.at - last)
      last = bend.at
      slope += bend.slope
      if amount > greatest.amount { greatest = (amount, last) }
    }
    return greatest
  }

  /// The sum of overlaps with one interval, one spend at a time.
  func amount(from start: Int64, to end: Int64) -> Int64 {
    spends.reduce(0) { sum, spend in
      sum + max(0, min(spend.end, end) - max(spend.start, start))
    }
  }
}
