/// What was spent, oldest first, in a ring of running totals.
///
/// Each slot is one spend: the instant it ended, and for every account (account 0 is all spending,
/// one more for each cap) the total of everything up to and including it. A spend of `amount` in an
/// account is taken to have filled `[end − amount, end)`. Two things follow.
///
/// - The spend after a cut in time is one binary search and one subtraction away; the cut that leaves
///   no more than a given spend after it, likewise.
/// - **Merging a spend into its successor is dropping its slot**: the successor's totals already
///   include it. It moves the older one later in time and never changes a sum. Since every question
///   asked here is "how much was spent after this cut?", moving a spend later can only raise an answer,
///   never lower it: at every instant, a merged history holds at least what the true one holds.
///
/// Spends are kept apart: one that would overlap its predecessor is moved later, which is safe for the
/// same reason. The proof of the grant condition in `RollingBudget` needs that.
struct SpendHistory: Sendable {
  /// The most spends kept; a power of two.
  let capacity: Int
  /// How many running totals each spend has.
  let accounts: Int

  private(set) var count = 0
  private var head = 0
  private var ends: [Int64] = []
  private var totals: [Int64] = []
  /// The running totals before the oldest spend, and after the newest.
  private var before: [Int64]
  private(set) var after: [Int64]
  /// How often older spends had to be merged.
  private(set) var compactions = 0

  init(accounts: Int, capacity: Int) {
    precondition(capacity >= 4 && capacity & (capacity - 1) == 0, "a power of two")
    self.accounts = accounts
    self.capacity = capacity
    before = Array(repeating: 0, count: accounts)
    after = before
  }

  /// Everything remembered in one account.
  func remembered(_ account: Int) -> Int64 { after[account] - before[account] }

  /// When the newest spend ended.
  var lastEnd: Int64? { count == 0 ? nil : ends[slot(count - 1)] }

  /// When the first spend that ended after `cut` did so.
  func firstEnd(after cut: Int64) -> Int64? {
    let index = firstIndex { ends[$0] > cut }
    return index < count ? ends[slot(index)] : nil
  }

  /// Adds a spend after all others.
  ///
  /// - Parameters:
  ///   - end: When it ended.
  ///   - apart: Whether it is moved later so as not to overlap the one before.
  ///   - amount: What it adds to each account; account 0 holds the whole.
  mutating func append(end: Int64, apart: Bool, amount: (_ account: Int) -> Int64) {
    if count == ends.count { makeRoom() }
    let whole = amount(0)
    let earliest = lastEnd.map { apart ? $0 + whole : $0 } ?? .min
    let place = slot(count)
    ends[place] = max(end, earliest)
    for account in 0..<accounts {
      after[account] += amount(account)
      totals[place * accounts + account] = after[account]
    }
    count += 1
  }

  /// Forgets every spend that ended at or before `cut`.
  mutating func forget(through cut: Int64) {
    while count > 0, ends[head] <= cut {
      for account in 0..<accounts { before[account] = totals[head * accounts + account] }
      head = slot(1)
      count -= 1
    }
  }

  /// How much of one account was spent after `cut`.
  ///
  /// *Complexity:* O(log n).
  func spent(after cut: Int64, account: Int, counting: RollingBudget.Counting) -> Int64 {
    let index = firstIndex { ends[$0] > cut }
    guard index < count else { return 0 }
    let earlier = total(before: index, account)
    guard counting == .overlap else { return after[account] - earlier }
    let place = slot(index)
    let start = ends[place] - (totals[place * accounts + account] - earlier)
    return after[account] - earlier - max(0, cut - start)
  }

  /// The earliest cut after which no more than `rest` was spent in one account; nil if any will do.
  ///
  /// *Complexity:* O(log n).
  func cut(leaving rest: Int64, account: Int, counting: RollingBudget.Counting) -> Int64? {
    // What must lie before the cut, as a running total.
    let goal = after[account] - rest
    guard goal > before[account] else { return nil }
    let index = firstIndex { totals[$0 * accounts + account] >= goal }
    let place = slot(index)
    guard counting == .overlap else { return ends[place] }
    return ends[place] - (totals[place * accounts + account] - goal)
  }

  /// Moves spends later until none overlaps the one before; needed when they were stamped, not laid
  /// out, so far.
  ///
  /// *Complexity:* O(n).
  mutating func separate() {
    var previous = Int64.min
    for index in 0..<count {
      let place = slot(index)
      let whole = totals[place * accounts] - total(before: index, 0)
      ends[place] = max(ends[place], previous == .min ? .min : previous + whole)
      previous = ends[place]
    }
  }

  /// Visits every spend, oldest first, with its amount in each account; of those that ended at `cut`
  /// or before, all that ended within `grain` merged into the last of them.
  func forEach(
    mergingThrough cut: Int64, within grain: Int64,
    _ body: (_ end: Int64, _ amounts: [Int64]) -> Void
  ) {
    var earlier = before
    var first: Int64?
    for index in 0..<count {
      let place = slot(index)
      let from = first ?? ends[place]
      first = from
      if index + 1 < count {
        let next = ends[slot(index + 1)]
        if next <= cut, next - from < grain { continue }
      }
      let through = Array(totals[place * accounts..<(place + 1) * accounts])
      body(ends[place], zip(through, earlier).map { $0 - $1 })
      (earlier, first) = (through, nil)
    }
  }

  // MARK: Ring

  private func slot(_ index: Int) -> Int {
    (head + index) & (ends.count - 1)
  }

  private func total(before index: Int, _ account: Int) -> Int64 {
    index == 0 ? before[account] : totals[slot(index - 1) * accounts + account]
  }

  /// The first index whose slot satisfies a condition that, once true, stays true; `count` if none.
  private func firstIndex(where condition: (_ slot: Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if condition(slot(middle)) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Doubles the ring; at its bound, merges neighbours in the older half instead.
  ///
  /// Merging frees a quarter of the slots, so each spend pays for a constant number of moves. What
  /// has been merged often is old; the recent half keeps its resolution.
  private mutating func makeRoom() {
    let kept: [Int]
    if count < capacity {
      kept = Array(0..<count)
    } else {
      compactions += 1
      // Of each pair keep the later slot: it holds the running totals of both.
      kept = Array(stride(from: 1, to: count / 2, by: 2)) + Array((count / 2)..<count)
    }
    let size = count < capacity ? max(4, ends.count * 2) : capacity
    var newEnds = [Int64](repeating: 0, count: size)
    var newTotals = [Int64](repeating: 0, count: size * accounts)
    for (position, index) in kept.enumerated() {
      let place = slot(index)
      newEnds[position] = ends[place]
      for account in 0..<accounts {
        newTotals[position * accounts + account] = totals[place * accounts + account]
      }
    }
    (ends, totals, head, count) = (newEnds, newTotals, 0, kept.count)
  }
}
