public import Interlock

/// One thing that somebody who uses a lock did or noticed, and when: a line of a log that ``LockHistory`` judges.
public struct LockEventRecord: Sendable, Hashable {
  /// What happened.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// It is about to ask for the lock.
    case waiting
    /// Its place in line is taken: whoever asks later comes later.
    case queued
    /// It knows that it holds the lock.
    case entered
    /// It looked, and the lock is proved to be its own until a given time.
    case proved
    /// It noticed that the lock is its own no more.
    case lost
    /// It is about to give the lock back.
    case left
    /// It was not given the lock.
    case failed
    /// What it wrote to the guarded thing was taken.
    case accepted
    /// What it wrote to the guarded thing was refused.
    case refused
    /// It is about to take the lock away from whoever holds it.
    case revoking
    /// The process was about to be ended: it did nothing from some instant after this on.
    case ended
  }

  /// The process, by a number of the log's own.
  public var process: Int
  /// Which of its requests.
  public var request: Int
  /// What happened.
  public var kind: Kind
  /// When, by a clock that all who write the log share.
  public var instant: Instant
  /// The fence of the grant; nil where there is none.
  public var fence: Fence?
  /// The instant before a write was asked for, or until when a proof holds; nil for other events.
  public var other: Instant?

  /// Notes an event.
  ///
  /// - Parameters:
  ///   - process: The process, by a number of the log's own.
  ///   - request: Which of its requests.
  ///   - kind: What happened.
  ///   - instant: When.
  ///   - fence: The fence of the grant.
  ///   - other: When a write was asked for, or until when a proof holds.
  public init(
    process: Int, request: Int = 0, _ kind: Kind, at instant: Instant, fence: Fence? = nil,
    other: Instant? = nil
  ) {
    self.process = process
    self.request = request
    self.kind = kind
    self.instant = instant
    self.fence = fence
    self.other = other
  }
}

extension LockEventRecord: LosslessStringConvertible {
  /// One line: process, request, kind, nanoseconds, fence, nanoseconds of the other instant; `-` for what is not there.
  public var description: String {
    "\(process) \(request) \(kind.rawValue) \(instant.nanoseconds) \(fence.map { "\($0)" } ?? "-") "
      + (other.map { "\($0.nanoseconds)" } ?? "-")
  }

  /// Reads a line.
  ///
  /// Nil for what is none, such as one that was cut off; the line end is not part of it.
  public init?(_ line: String) {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 6, let process = Int(words[0]), let request = Int(words[1]),
      let kind = Kind(rawValue: String(words[2])), let time = Int64(words[3])
    else { return nil }
    self.init(process: process, request: request, kind, at: Instant(nanoseconds: time))
    if words[4] != "-" {
      guard let number = UInt64(words[4]) else { return nil }
      fence = Fence(number)
    }
    if words[5] != "-" {
      guard let time = Int64(words[5]) else { return nil }
      other = Instant(nanoseconds: time)
    }
  }
}
