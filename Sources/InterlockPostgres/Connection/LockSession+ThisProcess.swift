internal import InterlockCrypto
internal import InterlockLocks
internal import InterlockSystem

extension LockSession {
  /// A new life of a client in this process.
  static func ofThisProcess() -> LockSession {
    let process = ProcessIdentity.current
    let owner = LockOwner(
      host: Machine.host, process: process.number, processStart: process.start,
      command: process.command)
    return LockSession(owner: owner, secret: SecureRandom().next())
  }
}
