internal import InterlockLocks
internal import InterlockSystem
internal import InterlockWire

extension StatusFolder {
  /// What is set; what is over is removed.
  func entry(_ key: StatusKey) throws(StatusError) -> StatusEntry? {
    let snapshot = try snapshot(of: key)
    switch snapshot.view(of: key, at: host.moment) {
    case .nothing:
      guard FileAccess.exists(place(".")) else {
        throw StatusError(key, .unavailable("the folder \(path) is not there; make it first"))
      }
      return nil
    case .recorded(let entry, let bootID): return judged(entry, bootID)
    case .flagged, .over, .left, .unusable: return try certainEntry(key)
    }
  }

  /// Looks again while nobody changes anything.
  private func certainEntry(_ key: StatusKey) throws(StatusError) -> StatusEntry? {
    // Who may not lock, or would wait too long, believes what it sees.
    let lock = try? FileLock.take(place(StatusFileNames.lock), within: Self.readersPatience)
    defer { withExtendedLifetime(lock) {} }
    let snapshot = try snapshot(of: key)
    let view = snapshot.view(of: key, at: host.moment)
    if lock != nil {
      switch view {
      // What cannot be removed is over all the same.
      case .over(mayGo: true): try? remove(key, snapshot.flag?.identity)
      case .left: _ = try? FlagFile.remove(place(StatusFileNames.sidecar(key)))
      case .nothing, .recorded, .flagged, .over, .unusable: break
      }
    }
    return try entry(of: view, key)
  }

  func entry(
    of view: StatusSnapshot.View, _ key: StatusKey
  ) throws(StatusError) -> StatusEntry? {
    switch view {
    case .nothing, .over, .left: return nil
    case .recorded(let entry, let bootID): return judged(entry, bootID)
    case .flagged(let entry): return entry
    case .unusable(let what):
      throw StatusError(
        key, .unusable("\(what); clear it: \(place(StatusFileNames.sidecar(key)))"))
    }
  }

  private func judged(_ entry: StatusEntry, _ bootID: String?) -> StatusEntry {
    var entry = entry
    entry.isStale = host.isGone(entry.owner, bootID: bootID)
    return entry
  }

  /// Everything that is set.
  func entries(in scope: StatusName?) throws(StatusError) -> [StatusEntry] {
    let names = try explained(nil) { () throws(SystemError) in try Folder.names(in: path) }
    var keys: Set<StatusKey> = []
    for name in names {
      if let flag = LegacyFlag(file: name) {
        keys.insert(StatusKey(flag))
      } else if let base = StatusFileNames.base(ofSidecar: name), LegacyFlag(name: base) == nil,
        let key = try key(inSidecar: name)
      {
        keys.insert(key)
      }
      guard keys.count <= Self.capacity else {
        throw StatusError(nil, .full(count: keys.count))
      }
    }
    var entries: [StatusEntry] = []
    for key in keys where scope == nil || key.scope == scope {
      if let entry = try entry(key) { entries.append(entry) }
    }
    return entries.sorted(by: StatusEntry.isListedFirst)
  }

  /// - Returns: nil when it was removed meanwhile.
  private func key(inSidecar name: String) throws(StatusError) -> StatusKey? {
    let found = try explained(nil) { () throws(SystemError) in
      try FlagFile.read(place(name), limit: StatusSidecar.longest)
    }
    guard let found else { return nil }
    let key: StatusKey
    do throws(JSONError) {
      key = try StatusSidecar(parsing: found.bytes).entry.key
    } catch {
      throw StatusError(nil, .unusable("\(place(name)) is no status (\(error)); remove it"))
    }
    guard StatusFileNames.sidecar(key) == name else {
      throw StatusError(key, .unusable("\(place(name)) is not its file; remove it"))
    }
    return key
  }

  func snapshot(of key: StatusKey) throws(StatusError) -> StatusSnapshot {
    try explained(key) { () throws(SystemError) in
      var snapshot = StatusSnapshot()
      if let flag = key.flag {
        do throws(SystemError) {
          snapshot.flag = try FlagFile.read(
            place(flag.file), limit: LegacyFlagContent.longest)
        } catch {
          // Set all the same, with a content that makes no sense.
          guard error.isTooLong else { throw error }
          snapshot.flag = try FlagFile.identity(of: place(flag.file))
            .map { FlagFile.Found(bytes: [], identity: $0) }
        }
      }
      snapshot.sidecar = try FlagFile.read(
        place(StatusFileNames.sidecar(key)), limit: StatusSidecar.longest)
      return snapshot
    }
  }
}
