internal import InterlockWire

/// What stands in a legacy flag file: nothing, or the job that restores and the time it does so at.
///
/// | line | content |
/// | --- | --- |
/// | 1 | the id of the scheduled job |
/// | 2 | `HH:MM` in local time, without a line end |
public struct LegacyFlagContent: Sendable, Hashable {
  /// The most bytes that are read; what is longer is no flag's.
  public static let longest = 4096
  private static let longestJob = 200

  /// The job that restores; nil when none is named.
  public var job: String?
  /// When it does; nil when that is not said, or makes no sense.
  public var time: ClockTime?

  /// A content.
  public init(job: String? = nil, time: ClockTime? = nil) {
    self.job = job
    self.time = time
  }

  /// Reads whatever stands in the file: a flag with a content that makes no sense is set all the same.
  public init(parsing bytes: some Collection<UInt8>) {
    let lines = bytes.prefix(Self.longest)
      .split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
      .map { line in
        let text = line.reversed().drop { $0 == UInt8(ascii: "\r") }.reversed()
        return String(decoding: Array(text), as: UTF8.self)
      }
    if let first = lines.first, !first.isEmpty, first.utf8.count <= Self.longestJob { job = first }
    // Nothing but an empty last line may follow.
    if lines.count == 2 || lines.count == 3 && lines[2].isEmpty { time = ClockTime(lines[1]) }
  }

  /// What the legacy programs expect to find for a status.
  ///
  /// The older line knows no content and reads none. Minutes are rounded up, so that a status never seems to be over
  /// before it is, and so that what is read again is not taken for a time of tomorrow.
  public init(of entry: StatusEntry, in calendar: some LocalCalendar) {
    if let name = entry.job, name.utf8.count <= Self.longestJob,
      !name.utf8.contains(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
    {
      job = name
    }
    guard job != nil || entry.key.flag?.instance != nil, let until = entry.until else { return }
    time = ClockTime(notBefore: until, in: calendar)
  }

  /// The bytes of the file.
  public var bytes: [UInt8] {
    guard let time else { return Array((job ?? "").utf8) }
    return Array("\(job ?? "")\n\(time)".utf8)
  }

  /// When a flag ends that was written at `written`: at the time it names, if that is within a day, else after `ttl`.
  public func until(
    writtenAt written: StatusTime, ttl: Duration = StatusDraft.usual,
    in calendar: some LocalCalendar
  ) -> StatusTime {
    guard let next = time?.next(after: written, in: calendar),
      written.duration(to: next) <= .seconds(86_400)
    else { return written.advanced(by: ttl) }
    return next
  }

  /// The status that a flag tells of which no board has recorded.
  ///
  /// - Parameters:
  ///   - flag: Which.
  ///   - id: What names this incarnation of the file.
  ///   - written: When it was written.
  ///   - calendar: The machine's.
  /// - Returns: the entry, of an unknown owner.
  public func entry(
    _ flag: LegacyFlag, id: String, writtenAt written: StatusTime, in calendar: some LocalCalendar
  ) -> StatusEntry {
    StatusEntry(
      id: id, key: StatusKey(flag), owner: nil, since: written,
      until: until(writtenAt: written, in: calendar),
      payload: job.map { ["job": .string($0)] } ?? [:])
  }
}
