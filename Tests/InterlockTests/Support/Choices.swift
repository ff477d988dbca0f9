/// Turns "pick a number" into all combinations: a world that asks it for every choice is run once
/// for each sequence of answers.
///
/// *Source:* the idea is A. Kladov's *exhaustigen*: count up in a number system whose bases are
/// found on the way.
struct Choices {
  private var picks: [(value: Int, bound: Int)] = []
  private var position = 0
  private var started = false

  /// The answers given in this world, for messages.
  var trail: [Int] { picks.prefix(position).map(\.value) }

  /// Goes to the next world; false when all have been.
  mutating func advance() -> Bool {
    position = 0
    guard started else {
      started = true
      return true
    }
    while let last = picks.popLast() {
      guard last.value + 1 < last.bound else { continue }
      picks.append((last.value + 1, last.bound))
      return true
    }
    return false
  }

  /// Chooses one of `bound` ways.
  mutating func pick(_ bound: Int) -> Int {
    if position == picks.count { picks.append((0, bound)) }
    precondition(picks[position].bound == bound, "a world must ask the same questions again")
    defer { position += 1 }
    return picks[position].value
  }
}
