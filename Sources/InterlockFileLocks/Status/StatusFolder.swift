internal import InterlockLocks
internal import InterlockSystem

/// The files of a board; each call blocks its thread.
///
/// Everything that is changed is changed under the board's lock. A flag is written before its entry and removed after
/// it, so that whatever is cut short leaves a flag that ends with its time, and never an entry that seems to be set.
struct StatusFolder: Sendable {
  /// Where a change can be cut short.
  enum Step: Sendable, Hashable, CaseIterable {
    case sidecarRemoval, flagRemoval, flagWriting, sidecarWriting
  }

  /// The most statuses a board is read with.
  static let capacity = 4096
  /// How long a change waits for others.
  private static let patience = Duration.seconds(5)
  /// How long a reader does, which can do without.
  static let readersPatience = Duration.seconds(1)

  let path: String
  let host: StatusHost
  /// Told before each step, with what has been done so far; for tests that cut a change short.
  let onStep: @Sendable (Step) -> Void

  func place(_ name: String) -> String { "\(path)/\(name)" }

  /// One step on one status.
  func change<Result>(
    _ key: StatusKey, _ step: (inout StatusSlot) throws(StatusError) -> Result
  ) throws(StatusError) -> Result {
    try explained(key) { () throws(SystemError) in try Folder.make(path) }
    let lock = try explained(key) { () throws(SystemError) in
      try FileLock.take(place(StatusFileNames.lock), within: Self.patience)
    }
    defer { withExtendedLifetime(lock) {} }
    // A legacy program that sets its flag between the look and the step is seen by the next look.
    for _ in 0..<Self.mostLooks {
      let moment = host.moment
      let snapshot = try snapshot(of: key)
      let view = snapshot.view(of: key, at: moment)
      var slot = StatusSlot(try entry(of: view, key), at: moment.time)
      let before = slot.entry
      let result = try step(&slot)
      guard slot.entry != before else { return result }
      if try apply(slot.entry, to: key, snapshot, isSet: before != nil, at: moment) {
        return result
      }
    }
    throw StatusError(key, .unavailable("other programs set and remove its flag all the time"))
  }

  private static let mostLooks = 10

  /// Removes whatever is recorded, also what makes no sense.
  func clear(_ key: StatusKey) throws(StatusError) -> StatusEntry? {
    let lock = try explained(key) { () throws(SystemError) in
      try FileLock.take(place(StatusFileNames.lock), within: Self.patience)
    }
    defer { withExtendedLifetime(lock) {} }
    var cleared: StatusEntry?
    do throws(StatusError) {
      cleared = try entry(of: try snapshot(of: key).view(of: key, at: host.moment), key)
    } catch {
      guard case .unusable = error.reason else { throw error }
    }
    try explained(key) { () throws(SystemError) in try remove(key) }
    return cleared
  }

  /// - Returns: false when a legacy program came between: then nothing was done.
  private func apply(
    _ entry: StatusEntry?, to key: StatusKey, _ snapshot: StatusSnapshot, isSet: Bool,
    at moment: StatusMoment
  ) throws(StatusError) -> Bool {
    guard let entry else {
      try explained(key) { () throws(SystemError) in try remove(key, snapshot.flag?.identity) }
      return true
    }
    return try explained(key) { () throws(SystemError) in
      if !isSet { try remove(key, snapshot.flag?.identity) }
      return try write(entry, key, isNew: !isSet, at: moment)
    }
  }

  private func write(
    _ entry: StatusEntry, _ key: StatusKey, isNew: Bool, at moment: StatusMoment
  ) throws(SystemError) -> Bool {
    let sidecar = place(StatusFileNames.sidecar(key))
    // Both are written before either has its name: a full disk changes nothing.
    guard let flag = key.flag else {
      let draft = try FlagFile.Draft(
        sidecar, StatusSidecar(entry, flag: nil, at: moment).bytes)
      onStep(.sidecarWriting)
      return try publish(draft, isNew: isNew)
    }
    let content = LegacyFlagContent(of: entry, in: moment.calendar).bytes
    let flagDraft = try FlagFile.Draft(place(flag.file), content)
    let draft = try FlagFile.Draft(
      sidecar, StatusSidecar(entry, flag: flagDraft.identity, at: moment).bytes)
    onStep(.flagWriting)
    guard try publish(flagDraft, isNew: isNew) else { return false }
    onStep(.sidecarWriting)
    try draft.publish()
    return true
  }

  private func publish(
    _ draft: consuming FlagFile.Draft, isNew: Bool
  ) throws(SystemError) -> Bool {
    guard isNew else {
      try draft.publish()
      return true
    }
    do throws(SystemError) {
      try draft.publishNew()
      return true
    } catch {
      guard error.isPresent else { throw error }
      return false
    }
  }

  /// Removes a status's files.
  ///
  /// - Parameters:
  ///   - key: Which status.
  ///   - flag: Only this flag; nil for any.
  /// - Throws: `SystemError`.
  func remove(
    _ key: StatusKey, _ flag: FlagFile.Identity?? = .none
  ) throws(SystemError) {
    onStep(.sidecarRemoval)
    try FlagFile.remove(place(StatusFileNames.sidecar(key)))
    guard let file = key.flag?.file else { return }
    onStep(.flagRemoval)
    // One that a legacy program made meanwhile is its.
    if case .some(let judged) = flag, try FlagFile.identity(of: place(file)) != judged { return }
    try FlagFile.remove(place(file))
  }

  /// Removes what changes left behind when their process was killed; for before the first change.
  func removeRemains() {
    // A folder that cannot be read is met again, and reported, by whatever comes next.
    let names = (try? Folder.names(in: path)) ?? []
    for target in Set(names.compactMap { StatusFileNames.target(ofTemporary: $0) }) {
      AtomicFile.removeRemains(of: place(String(target)))
    }
  }

  func explained<Result>(
    _ key: StatusKey?, _ body: () throws(SystemError) -> Result
  ) throws(StatusError) -> Result {
    do throws(SystemError) {
      return try body()
    } catch {
      throw StatusError(key, StatusError.Reason(error, in: path))
    }
  }
}

extension StatusError.Reason {
  /// What the operating system's refusal means for a status.
  fileprivate init(_ error: SystemError, in folder: String) {
    if error.isLink || error.isIrregularFile || error.isTooLong {
      self = .unusable("\(error)")
    } else if error.isReadOnly {
      self = .readOnly(folder)
    } else if error.isForbidden {
      self = .notPermitted("\(error)")
    } else {
      self = .unavailable("\(error)")
    }
  }
}
