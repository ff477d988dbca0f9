public import Interlock
public import InterlockLocks

/// What a lock guards in a drill: a number that is read, and written back greater by one.
///
/// Where two are inside at once, one of their additions is lost.
public struct GuardedThing: Sendable {
  /// Reads the number.
  public let read: @Sendable () async throws -> Int
  /// Writes it under a fence, and says whether it was taken: not when a greater fence has been seen.
  public let write: @Sendable (Int, Fence) async throws -> Bool

  /// Describes where it is.
  ///
  /// - Parameters:
  ///   - read: Reads the number.
  ///   - write: Asks for the fence and writes in one step.
  public init(
    read: @escaping @Sendable () async throws -> Int,
    write: @escaping @Sendable (Int, Fence) async throws -> Bool
  ) {
    self.read = read
    self.write = write
  }
}

/// One process of a drill: who it is in the log, what it uses, and where its log goes.
public struct DrillProcess: Sendable {
  /// Its number in the log.
  public let number: Int
  /// How it takes locks.
  public let client: LockClient
  /// What they guard.
  public let thing: GuardedThing
  /// Takes the lines of its log.
  public let log: @Sendable (LockEventRecord) -> Void

  /// Describes a process.
  ///
  /// - Parameters:
  ///   - number: Its number in the log.
  ///   - client: How it takes locks.
  ///   - thing: What they guard.
  ///   - log: Takes the lines of its log.
  public init(
    number: Int, client: LockClient, thing: GuardedThing,
    log: @escaping @Sendable (LockEventRecord) -> Void
  ) {
    self.number = number
    self.client = client
    self.thing = thing
    self.log = log
  }

  var now: Instant { client.backend.clock.now }

  func note(
    _ request: Int, _ kind: LockEventRecord.Kind, fence: Fence? = nil, other: Instant? = nil
  ) {
    log(
      LockEventRecord(
        process: number, request: request, kind, at: now, fence: fence, other: other))
  }

  /// Writes, and notes what became of it.
  func write(_ value: Int, _ request: Int, _ fence: Fence) async throws -> Bool {
    let asked = now
    let isTaken = try await thing.write(value, fence)
    note(request, isTaken ? .accepted : .refused, fence: fence, other: asked)
    return isTaken
  }
}
