internal import InterlockLab

/// A piece of an exploration that one process runs.
struct Part: Sendable, Hashable {
  let number: Int
  let strategy: StrategyOption
  let schedules: Int
  let seed: UInt64
}

/// An exploration in pieces: each has seeds of its own, and no schedule is run twice.
struct PartList: Sendable, Hashable {
  private let strategy: StrategyOption
  private let schedules: Int
  private let seed: UInt64
  /// Schedules of a piece.
  private let size: Int

  /// Pieces of `size` schedules; what has no seeds cannot be divided, and is one piece.
  init(_ strategy: StrategyOption, schedules: Int, seed: UInt64, size: Int) {
    self.strategy = strategy
    self.schedules = schedules
    self.seed = seed
    self.size = strategy.hasSeed ? max(1, size) : schedules
  }

  var count: Int { (schedules + size - 1) / size }

  subscript(_ number: Int) -> Part {
    let first = number * size
    // The exhaustive beginning of a portfolio would be the same in each.
    return Part(
      number: number, strategy: strategy == .portfolio && number > 0 ? .mixed : strategy,
      schedules: min(size, schedules - first), seed: seed &+ UInt64(first))
  }
}
