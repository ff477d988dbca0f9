internal import InterlockLocks
internal import InterlockSystem
internal import InterlockWire

/// What the files of one status hold at a moment.
struct StatusSnapshot: Sendable, Hashable {
  /// The flag; nil where there is none.
  var flag: FlagFile.Found?
  /// The whole entry's file; nil where there is none.
  var sidecar: FlagFile.Found?

  /// What they tell.
  enum View: Sendable, Hashable {
    /// Nothing is recorded.
    case nothing
    /// It is set, and the whole entry is known.
    case recorded(StatusEntry, bootID: String?)
    /// A legacy program set it, or a change was cut short: all that is known is in the flag.
    case flagged(StatusEntry)
    /// It is over. A flag without an entry may stay for as long as its own program has to remove it.
    case over(mayGo: Bool)
    /// A legacy program removed the flag: that ended it.
    case left
    /// What is recorded is no status.
    case unusable(String)
  }

  /// How long a flag stays after its end when a legacy program made it.
  ///
  /// That program's own job removes it at that minute, after it has restored what was before, and stumbles when it is
  /// not there.
  static let grace = Duration.seconds(120)

  /// What they tell of a status at a moment.
  func view(of key: StatusKey, at moment: StatusMoment) -> View {
    guard key.flag != nil else {
      guard let sidecar else { return .nothing }
      switch Self.read(sidecar, of: key) {
      case .failure(let fault): return .unusable(fault.what)
      case .success(let read): return view(read, at: moment)
      }
    }
    guard let flag else { return sidecar == nil ? .nothing : .left }
    // An entry that belongs to a flag of before, or makes no sense, is as good as none: the flag is what counts.
    if let sidecar, case .success(let read) = Self.read(sidecar, of: key),
      read.flag == flag.identity
    {
      return view(read, at: moment)
    }
    return view(flag, of: key, at: moment)
  }

  private func view(_ sidecar: StatusSidecar, at moment: StatusMoment) -> View {
    let entry = sidecar.entry(at: moment)
    return entry.isOver(at: moment.time)
      ? .over(mayGo: true) : .recorded(entry, bootID: sidecar.boot?.id)
  }

  private func view(_ flag: FlagFile.Found, of key: StatusKey, at moment: StatusMoment) -> View {
    guard let legacy = key.flag else { return .nothing }
    let entry = LegacyFlagContent(parsing: flag.bytes).entry(
      legacy, id: Self.id(of: flag.identity),
      writtenAt: StatusTime(microseconds: flag.identity.modified / 1000), in: moment.calendar)
    guard entry.isOver(at: moment.time), let until = entry.until else { return .flagged(entry) }
    return .over(mayGo: until.advanced(by: Self.grace) <= moment.time)
  }

  /// What names one incarnation of a flag that no board has recorded.
  static func id(of flag: FlagFile.Identity) -> String { "flag:\(flag.inode):\(flag.modified)" }

  private struct Fault: Error { let what: String }

  private static func read(
    _ found: FlagFile.Found, of key: StatusKey
  ) -> Result<StatusSidecar, Fault> {
    do throws(JSONError) {
      let sidecar = try StatusSidecar(parsing: found.bytes)
      guard sidecar.entry.key == key else {
        return .failure(Fault(what: "its file has the status '\(sidecar.entry.key)'"))
      }
      return .success(sidecar)
    } catch {
      return .failure(Fault(what: "its file is no status (\(error))"))
    }
  }
}
