public import Interlock
public import InterlockLocks
internal import InterlockSystem

/// Locks of the processes of one machine, in a folder.
///
/// There is no daemon and no lease: a lock is the kernel's own, on bytes of a file, so it ends with its holder's process at
/// the same instant, however that ends. Grants are given in the order in which they were asked for, over all processes.
/// The number of a request's place in line is the fence of its grant.
///
/// A process that is stopped keeps what it holds, and its turn: ``forceUnlock(_:expecting:by:reason:)`` is the way out.
///
/// *Fairness:* strict, first come first served over all processes.
///
/// *Cost:* half a dozen calls of the kernel for a lock that nobody else wants, and no change of thread. For each lock with
/// waiters one thread of this process waits in the kernel, 64 at the most; what goes beyond is looked at every 10 ms.
///
/// A process that copies itself (`fork` without `exec`) shares its locks with the copy. Do not.
public final class FileLockBackend: LockBackend {
  /// What errors and listings call it: `file://` and the folder.
  public var title: String { place.title }
  /// Whose fences can be compared.
  public let fenceDomain = "il"
  /// What requests of this process are known by.
  public var session: LockSession { place.session }
  /// What ages are measured by.
  public var clock: any MonotonicClock { place.clock }

  let place: LockPlace

  /// Uses the locks in a folder, which is made when it is missing.
  ///
  /// - Parameters:
  ///   - directory: The folder; nil for `interlock` in the session's folder (`XDG_RUNTIME_DIR`), or `/var/lib/interlock`
  ///     for root.
  ///   - isGroupShared: Whether other users of the folder's group use the locks too.
  ///   - allowsRemoteFileSystem: Whether the folder may be on NFS, SMB, FUSE and the like, where locks may hold for one
  ///     machine only.
  ///   - waitingLimit: How many requests of this process may wait for one lock; one more is refused.
  /// - Throws: `LockError` when the folder cannot be used.
  public convenience init(
    directory: String? = nil, isGroupShared: Bool = false, allowsRemoteFileSystem: Bool = false,
    waitingLimit: Int = 65_536
  ) throws(LockError) {
    let path: String
    if let directory { path = directory } else { path = try LockDirectory.standard() }
    let folder = try LockDirectory(
      path, isGroupShared: isGroupShared, allowsRemote: allowsRemoteFileSystem
    ) { $0.remoteName }
    let process = ProcessIdentity.current
    let owner = LockOwner(
      host: Machine.host, process: process.number, processStart: process.start,
      command: process.command)
    self.init(
      folder, session: LockSession(owner: owner, secret: .random(in: .min ... .max)),
      waitingLimit: waitingLimit, boot: Machine.boot, mostHelpers: LockPlace.mostHelpers)
  }

  init(
    _ folder: LockDirectory, session: LockSession, waitingLimit: Int, boot: String,
    mostHelpers: Int
  ) {
    place = LockPlace(
      folder, session: session, waitingLimit: waitingLimit, boot: boot, mostHelpers: mostHelpers)
  }

  deinit { place.close() }

  /// Something that rings at a time set, on one thread for all of the process.
  public func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any LockAlarm {
    ThreadAlarm(AlarmThread.shared.alarm(ring))
  }

  /// Asks for a lock; answered at once when nobody else has it.
  ///
  /// - Throws: `LockRefusal`.
  public func request(
    _ request: LockRequest, _ event: @escaping @Sendable (LockEvent) -> Void
  ) throws(LockRefusal) -> LockGrant? {
    while true {
      let line: FileLockLine
      do {
        line = try place.line(of: request.name)
      } catch {
        throw .failed(place.error(error, request.name))
      }
      switch line.request(request, event) {
      case .granted(let grant): return grant
      case .waits: return nil
      case .refused(let refusal): throw refusal
      case .retired: place.forget(line)
      }
    }
  }

  /// Takes a request that waits out of the line.
  public func withdraw(_ token: LockToken, of name: LockName) {
    place.knownLine(of: name)?.withdraw(token)
  }

  /// Confirms what is held: nothing here ends by time.
  public func renew(
    _ leases: [LockRenewal], _ answer: @escaping @Sendable ([LockRenewal.Answer]) -> Void
  ) {
    let now = clock.now
    answer(
      leases.map { lease in
        let isHeld = place.knownLine(of: lease.name)?.isHeld(lease.token) ?? false
        return isHeld ? .confirmed(sent: now) : .refused(.backendReset)
      })
  }

  /// Gives a grant back; the answer is known at once.
  public func release(
    _ token: LockToken, of name: LockName,
    _ answer: @escaping @Sendable (Result<Bool, LockError>) -> Void
  ) {
    answer(.success(place.knownLine(of: name)?.release(token) ?? false))
  }

  /// Gives a grant back.
  public func releaseAtOnce(_ token: LockToken, of name: LockName) -> Bool? {
    place.knownLine(of: name)?.release(token) ?? false
  }

  /// Makes another mode of a grant in one step.
  ///
  /// - Throws: `LockError`.
  public func convert(
    _ token: LockToken, of name: LockName, to mode: LockMode
  ) async throws(LockError) -> Fence? {
    try held(token, name).convert(token, to: mode)
  }

  /// Raises the fence of a grant above one that the guarded thing has seen.
  ///
  /// - Throws: `LockError`, with `LockError.Reason.notHolder(token:)` when it is not held.
  public func raiseFence(
    of token: LockToken, of name: LockName, above floor: Fence
  ) async throws(LockError) -> Fence {
    try held(token, name).raiseFence(of: token, above: floor)
  }

  private func held(_ token: LockToken, _ name: LockName) throws(LockError) -> FileLockLine {
    guard let line = place.knownLine(of: name) else {
      throw LockError(name, .notHolder(token: token.text))
    }
    return line
  }

  /// Takes a lock away; those who wait keep their places.
  ///
  /// The kernel cannot do that, so the holder's ticket is written down as ousted and is in nobody's way any more. The
  /// holder's process is told at once, if it is not stopped; if it is, when it goes on.
  ///
  /// - Throws: `LockError`.
  public func forceUnlock(
    _ name: LockName, expecting token: String?, by: String, reason: String
  ) async throws(LockError) -> [LockHolder] {
    try used(name) { (line) throws(LockError) in
      try line.forceUnlock(expecting: token, HolderMessage(by: by, reason: reason))
    }
  }

  /// Tells a holder that somebody would like to have it.
  ///
  /// - Throws: `LockError`.
  public func askToYield(
    _ name: LockName, token: String, by: String, reason: String
  ) async throws(LockError) {
    try used(name) { (line) throws(LockError) in
      try line.askToYield(token, HolderMessage(by: by, reason: reason))
    }
  }

  private func used<Result>(
    _ name: LockName, _ use: (FileLockLine) throws(LockError) -> Result
  ) throws(LockError) -> Result {
    let line: FileLockLine
    do {
      line = try place.line(of: name)
    } catch {
      throw place.error(error, name)
    }
    return try use(line)
  }

  /// Requests of this process that stand in the way of one that waits.
  public func blockers(of token: LockToken, for name: LockName) -> [LockToken] {
    place.knownLine(of: name)?.blockers(of: token) ?? []
  }

  /// Gives everything up.
  public func close() async { place.close() }
}

/// A thread's alarm, as locks know it.
private final class ThreadAlarm: LockAlarm {
  private let alarm: AlarmThread.Alarm

  init(_ alarm: AlarmThread.Alarm) { self.alarm = alarm }

  func set(_ deadline: Instant?) { alarm.set(deadline) }
}
