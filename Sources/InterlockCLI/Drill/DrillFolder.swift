internal import Interlock
internal import InterlockSystem
internal import InterlockTestKit

/// The files that the processes of one drill share.
///
/// Each call blocks its thread.
struct DrillFolder: Sendable {
  /// How long a process waits for another's moment with the number, which may be stopped in it.
  private static let patience = Duration.seconds(60)
  private static let longestFile = 200

  let path: String

  private var thing: String { "\(path)/number" }
  private var beginning: String { "\(path)/begin" }
  /// The lock file of the legacy programs.
  var legacyLock: String { "\(path)/.lockfile" }

  /// What the lock guards.
  ///
  /// - Parameter isFenced: Whether writes under older fences than one that was seen are refused.
  /// - Returns: how it is read and written.
  func guardedThing(isFenced: Bool) -> GuardedThing {
    GuardedThing(
      read: { try await BlockingPool.shared.run { try state().value } },
      write: { value, fence in
        try await BlockingPool.shared.run { try write(value, isFenced ? fence : nil) }
      })
  }

  /// The greatest fence that was seen, and the number.
  func state() throws(SystemError) -> (fence: Fence?, value: Int) {
    let bytes = try AtomicFile.contents(of: thing, limit: Self.longestFile) ?? []
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard words.count == 2 else { return (nil, 0) }
    return (UInt64(words[0]).map { Fence($0) }, Int(words[1]) ?? 0)
  }

  /// Looks at the fence and writes in one step.
  private func write(_ value: Int, _ fence: Fence?) throws(SystemError) -> Bool {
    guard let fence else {
      try AtomicFile.replace(thing, with: Array("- \(value)".utf8))
      return true
    }
    let lock = try FileLock.take("\(thing).lock", within: Self.patience)
    defer { withExtendedLifetime(lock) {} }
    var register = FenceRegister(try state().fence)
    guard register.accept(fence) else { return false }
    try AtomicFile.replace(thing, with: Array("\(fence) \(value)".utf8))
    return true
  }

  /// Whether somebody has the number, and has not let go of it for a while.
  func isBeingWritten() throws(SystemError) -> Bool {
    do throws(SystemError) {
      _ = try FileLock.take("\(thing).lock", within: .seconds(1))
      return false
    } catch {
      guard error.isTaken else { throw error }
      return true
    }
  }

  /// Says when all begin.
  func begin(at instant: Instant) throws(SystemError) {
    try AtomicFile.replace(beginning, with: Array("\(instant.nanoseconds)".utf8))
  }

  /// When all begin; nil while that is not said.
  func begins() throws(SystemError) -> Instant? {
    let bytes = try AtomicFile.contents(of: beginning, limit: Self.longestFile)
    return bytes.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
      .map { Instant(nanoseconds: $0) }
  }
}
