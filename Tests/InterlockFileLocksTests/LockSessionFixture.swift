import InterlockLocks

enum LockSessionFixture {
  static let session = LockSession(
    owner: LockOwner(host: "host.example", process: 4711, processStart: 99, command: "a (b) c"),
    secret: 0xfeed)
}
