/// What the rest of a search depends on: which operations were placed, and the state they left.
///
/// The set is kept from its first gap on: everything before is in it. Operations are placed roughly in order of
/// their calls, so that is a word or two, however long the history.
struct Configuration: Hashable {
  /// The lowest operation that was not placed.
  private let gap: Int
  /// Which of the 64 from there on were.
  private let near: UInt64
  /// The same for those after, up to the highest that was placed.
  private let far: [UInt64]
  /// Its number.
  private let state: Int

  init(_ placed: OperationSet, gap: Int, highest: Int, state: Int) {
    self.gap = gap
    near = placed.bits(from: gap)
    far =
      highest < gap + 64
      ? [] : stride(from: gap + 64, through: highest, by: 64).map { placed.bits(from: $0) }
    self.state = state
  }
}
