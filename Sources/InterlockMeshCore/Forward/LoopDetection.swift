/// How often this node may already be in the path of a flood it passes on.
public enum LoopDetection: String, Sendable, Hashable, CaseIterable {
  /// As often as it likes.
  case off
  /// Rarely enough that other nodes of the same prefix are not mistaken for it.
  case minimal
  /// Once, by its one-byte prefix.
  case moderate
  /// Not at all.
  case strict

  /// The number of appearances from which on a flood is a loop; nil for no limit.
  func limit(hashSize: Int) -> Int? {
    switch self {
    case .off: nil
    case .minimal: hashSize == 1 ? 4 : hashSize == 2 ? 2 : 1
    case .moderate: hashSize == 1 ? 2 : 1
    case .strict: 1
    }
  }
}
