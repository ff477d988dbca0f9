import Interlock
import InterlockCommandLine
import InterlockLocks
import InterlockWire
import Testing

@testable import InterlockCLI

/// What scripts and people read about locks.
@Suite struct LockReportTests {
  private static let owner = LockOwner(
    host: "box", process: 42, processStart: 7, command: "rsync\u{1B}[2J")

  private let record = LockRecord(
    name: "a/b\n",
    holders: [
      LockHolder(
        token: "t1", owner: owner, mode: .permits(1, of: 2), fence: Fence(1_790_000_000_000_000),
        age: .milliseconds(3250), left: .seconds(20), reason: "nightly", isAlive: true),
      LockHolder(token: "foreign", owner: nil, mode: .exclusive),
    ],
    waiters: [
      LockWaiter(token: "t2", owner: owner, mode: .exclusive, age: .seconds(1), isAlive: false)
    ], fence: Fence(1_790_000_000_000_000))

  @Test func `locks.X1 the JSON of a lock has names that stay`() {
    #expect(
      Report(record).json.serialized()
        == #"{"name":"a/b\n","held":true,"fence":"1790000000000000","holders":["#
        + #"{"token":"t1","host":"box","process":42,"command":"rsync\u001b[2J","mode":"permits:1/2","#
        + #""alive":true,"fence":"1790000000000000","age_ms":3250,"left_ms":20000,"reason":"nightly"},"#
        + #"{"token":"foreign","host":null,"process":null,"command":null,"mode":"exclusive","#
        + #""alive":null,"fence":null,"age_ms":null,"left_ms":null,"reason":""}],"waiters":["#
        + #"{"position":1,"token":"t2","host":"box","process":42,"command":"rsync\u001b[2J","#
        + #""mode":"exclusive","alive":false,"age_ms":1000,"reason":""}]}"#)
    #expect(
      Report("x", record.holders[1], .kept).json.serialized().hasPrefix(
        #"{"name":"x","outcome":"kept","holder":{"token":"foreign","#))
  }

  @Test func `a person reads who, how long and how many, and no control characters`() {
    #expect(
      record.line
        == "a/b\\n  permits:1/2 by box:42 (rsync\\u{1B}[2J) for 3.3s (nightly), 20.0s left; "
        + "exclusive by foreign; 1 in line")
    #expect(LockRecord(name: "x").line == "x  free")
    let lines = Report(record).lines.joined(separator: "\n")
    #expect(!lines.contains("\u{1B}"))
    #expect(lines.contains("left     20.0 s"))
  }

  @Test func `changes between two looks are told, what ended first`() {
    let free = LockRecord(name: "x")
    func holder(_ token: String) -> LockHolder {
      LockHolder(token: token, owner: nil, mode: .exclusive)
    }
    func waiter(_ token: String) -> LockWaiter {
      LockWaiter(token: token, owner: nil, mode: .exclusive)
    }
    func told(_ former: LockRecord, _ present: LockRecord) -> [String] {
      LockChange.between(former, present).map { "\($0.kind.rawValue) \($0.token)" }
    }
    let one = LockRecord(name: "x", holders: [holder("a")], waiters: [waiter("b"), waiter("c")])
    let two = LockRecord(name: "x", holders: [holder("b")], waiters: [waiter("d")])
    #expect(told(free, free) == [])
    #expect(told(one, one) == [])
    #expect(told(free, one) == ["granted a", "queued b", "queued c"])
    #expect(told(one, two) == ["released a", "left c", "granted b", "queued d"])
    #expect(told(two, free) == ["released b", "left d"])
    #expect(
      LockChange.between(free, one)[0].json("x", at: "now").serialized()
        == #"{"time":"now","event":"granted","name":"x","token":"a","host":null,"process":null,"#
        + #""mode":"exclusive"}"#)
  }

  @Test(arguments: [
    (LockError.Reason.timedOut(limit: .seconds(1), holder: nil), 75), (.queueFull(waiting: 3), 75),
    (.lost(.expired), 76), (.yielded(by: "x", reason: ""), 76), (.deadlock([]), 78),
    (.wouldDeadlock(held: .shared), 78), (.invalidName(.empty), 65),
    (.configurationMismatch(recorded: "a", asked: "b"), 73), (.wrongType("hash"), 73),
    (.unavailable(backend: "b", cause: "c"), 69), (.notHolder(token: nil), 1),
    (.readOnly("r"), 77), (.notPermitted("n"), 77),
    (.fencedOut(current: Fence(2), mine: Fence(1)), 1), (.invalidOption("o"), 64),
  ])
  func `locks.X1 every failure has the status it is documented with, and one piece of advice`(
    _ reason: LockError.Reason, _ status: Int
  ) {
    let failure = CommandFailure(LockError("a name", reason))
    #expect(failure.status.rawValue == Int32(status))
    #expect("\(failure)".split(separator: "; ").count == 2, "\(failure)")
    #expect(failure.what.contains("a name"))
  }
}
