/// How far a program has moved from the lock files of older programs to locks of ours.
///
/// | mode | what is taken | excludes |
/// | --- | --- | --- |
/// | `legacy` | the older programs' lock file | them, and ours in `legacy` and `bridge` |
/// | `bridge` | our lock, and then the file | all of them, and all of ours |
/// | `native` | our lock | ours in `bridge` and `native` |
///
/// `legacy` and `native` do not exclude each other: between the two, each program has to be in `bridge` for a while.
///
/// `legacy` gives what the file gives, and no more. There is no order among processes; only tasks of one process stand in
/// line. Nothing proves that a fence is greater than the one before: it is the time of this machine. Who crashes leaves the
/// file behind, and who waits cannot be seen. Locks for which the older programs have no file exclude the tasks of
/// one process, as they did before.
public enum RolloutMode: String, Sendable, Hashable, CaseIterable {
  /// The file alone.
  case legacy
  /// Our lock, and the file beside it.
  case bridge
  /// Our lock alone.
  case native

  /// The mode that a text means, in any case.
  ///
  /// `true` and `false` are what the older programs' switch was set to: with `true` they used their new locks, otherwise
  /// the file.
  ///
  /// - Parameter text: `legacy`, `bridge`, `native`, `false` or `true`.
  public init?(notation text: String) {
    switch text.lowercased() {
    case "false": self = .legacy
    case "true": self = .native
    case let word:
      guard let mode = RolloutMode(rawValue: word) else { return nil }
      self = mode
    }
  }
}
