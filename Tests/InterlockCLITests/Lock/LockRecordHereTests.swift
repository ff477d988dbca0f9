import InterlockLocks
import InterlockSystem
import Testing

@testable import InterlockCLI

/// What a record says of processes of this machine.
@Suite struct LockRecordHereTests {
  private func record(_ host: String, _ process: Int32, start: UInt64, command: String = "")
    -> LockRecord
  {
    let owner = LockOwner(host: host, process: process, processStart: start, command: command)
    return LockRecord(
      name: "x", holders: [LockHolder(token: "t", owner: owner, mode: .exclusive)],
      waiters: [LockWaiter(token: "w", owner: owner, mode: .shared, isAlive: false)])
  }

  @Test func `a process that runs here is known by its command`() throws {
    let this = ProcessIdentity.current
    let seen = record(Machine.host, this.number, start: this.start).seenFromHere()
    #expect(seen.holders[0].owner?.command == this.command && this.command != "")
    #expect(seen.holders[0].isAlive == true)
    #expect(seen.waiters[0].owner?.command == this.command && seen.waiters[0].isAlive == true)
    let named = record(Machine.host, this.number, start: this.start, command: "its own")
      .seenFromHere()
    #expect(named.holders[0].owner?.command == "its own")
  }

  @Test
  func `one of another machine, of another start, or that is not seen, is left as it was told`()
    throws
  {
    let this = ProcessIdentity.current
    for told in [
      record("elsewhere", this.number, start: this.start),
      record(Machine.host, this.number, start: this.start + 1),
      record(Machine.host, this.number, start: 0),
    ] {
      #expect(told.seenFromHere() == told)
    }
    let gone = record(Machine.host, this.number, start: this.start)
    #expect(gone.seenFromHere(process: { _ in nil }) == gone)
  }
}
