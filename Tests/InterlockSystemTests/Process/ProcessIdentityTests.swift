import Glibc
import Testing

@testable import InterlockSystem

@Suite struct ProcessIdentityTests {
  @Test func `this process is alive, under its own start only`() {
    let me = ProcessIdentity.current
    #expect(me.number == getpid() && me.start > 0 && !me.command.isEmpty)
    #expect(ProcessIdentity.isAlive(me.number, start: me.start))
    #expect(ProcessIdentity.isAlive(me.number, start: 0))
    #expect(!ProcessIdentity.isAlive(me.number, start: me.start + 1))
    #expect(ProcessIdentity(of: 0) == nil)
  }

  @Test func `a command may hold anything`() {
    let text = "7 (a) S (b) S 1 2 3 4 5 0 7 8 9 10 11 12 13 14 15 16 17 18 4242 20 21"
    let found = ProcessIdentity(7, stat: text)
    #expect(found?.command == "a) S (b" && found?.start == 4242)
  }

  @Test(arguments: [
    "", "7", "7 (a", "7 (a) Z 1 2 3 4 5 0 7 8 9 10 11 12 13 14 15 16 17 18 4242",
    "7 (a) R 1 2 3 4 5 4 7 8 9 10 11 12 13 14 15 16 17 18 4242", "7 )a( S 1 2", "7 (a) S 1 2 3",
  ]) func `one that has ended, or is about to, is none`(_ text: String) {
    #expect(ProcessIdentity(7, stat: text) == nil)
  }

  @Test func `the machine has a name, and its start a mark`() {
    #expect(!Machine.host.isEmpty)
    #expect(Machine.boot.count == 32)
  }
}
