internal import Interlock
internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockSystem

/// The fence that a command changes a status under.
enum StatusFence {
  static let fence = Option<Fence>(
    name: "--fence", placeholder: "N",
    meaning: "the fence of the lock it is changed under; without it, that of INTERLOCK_FENCE under "
      + "interlock lock run inverter_write"
  ) { text throws(OptionProblem) in
    guard let number = UInt64(text) else {
      throw OptionProblem(expected: "must be a whole number")
    }
    return Fence(number)
  }

  /// What was given, or the lock around this command has.
  static func given(_ arguments: Arguments, for key: StatusKey) throws -> Fence? {
    if let fence = try arguments[fence] { return fence }
    guard key.needsFence, let name = ProcessEnvironment.value("INTERLOCK_NAME"),
      key.isGuarded(by: name)
    else { return nil }
    return ProcessEnvironment.value("INTERLOCK_FENCE").flatMap { UInt64($0) }
      .map { Fence($0) }
  }

  /// The fence to set a status under.
  ///
  /// A person who sets what tells of an inverter, without its lock, is warned and has the fence that a grant at this
  /// moment would have.
  static func toSet(
    _ key: StatusKey, on board: StatusBoard, _ arguments: Arguments, _ console: Console
  ) async throws -> Fence? {
    if let fence = try given(arguments, for: key) { return fence }
    guard key.needsFence else { return nil }
    console.warn(
      "'\(key)' is set without holding the lock 'inverter_write'",
      "run it under: interlock lock run inverter_write -- interlock status …")
    let current = try await board.get(key.name, scope: key.scope)
    return Fence(after: current?.fence, at: UInt64(max(0, WallClock.nanoseconds / 1000)))
  }
}
