import Interlock
import InterlockLocks
import InterlockSystem
import InterlockWire
import TestSupport
import Testing

@testable import InterlockFileLocks

@Suite struct StatusSidecarTests {
  private var moment: StatusMoment { Bench().host.moment }

  private var whole: StatusSidecar {
    get throws {
      let draft = try StatusDraft(
        StatusKey("FCRunning1"), id: "i", owner: nil, ttl: .seconds(60), payload: ["job": "j"],
        fence: Fence(3))
      return StatusSidecar(
        draft.entry(at: moment.time),
        flag: FlagFile.Identity(inode: .max, modified: .max, size: 8), at: moment)
    }
  }

  @Test func `a sidecar is written and read again`() throws {
    let sidecar = try whole
    #expect(try StatusSidecar(parsing: sidecar.bytes) == sidecar)
    #expect(sidecar.boot == StatusSidecar.Boot(id: "run-1", until: 1_060_000_000_000))
    #expect(sidecar.bytes.last == 0x0A && sidecar.bytes.count(where: { $0 == 0x0A }) == 1)
  }

  @Test func `the largest entry fits`() throws {
    let bad = String(repeating: "\u{1}", count: 512)
    var draft = try StatusDraft(
      StatusKey(StatusName(bad), scope: StatusName(bad)), id: String(repeating: "i", count: 200),
      owner: LockOwner(host: String(repeating: "h", count: 64), process: 1),
      reason: String(repeating: "\u{1}", count: 200),
      payload: ["p": .string(String(repeating: "x", count: StatusDraft.largestPayload - 8))])
    draft.fence = Fence(1)
    let sidecar = StatusSidecar(draft.entry(at: moment.time), flag: nil, at: moment)
    #expect(sidecar.bytes.count <= StatusSidecar.longest)
    #expect(try StatusSidecar(parsing: sidecar.bytes) == sidecar)
  }

  @Test(.tags(.property)) func `locks.M5 whatever stands in the files, reading them never traps`()
    throws
  {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    let valid = try whole.bytes
    let flag = Array("7c1e-job\n16:30".utf8)
    for _ in 0..<Schedules.count(3000) {
      var bytes = Bool.random(using: &generator) ? valid : flag
      for _ in 0..<Int.random(in: 0...4, using: &generator) {
        guard !bytes.isEmpty else { break }
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0...3, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.removeSubrange(place...)
        case 2: bytes.remove(at: place)
        default: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
        }
      }
      if let sidecar = try? StatusSidecar(parsing: bytes) {
        #expect(try StatusSidecar(parsing: sidecar.bytes) == sidecar, "seed \(seed)")
        _ = sidecar.entry(at: moment)
      }
      let content = LegacyFlagContent(parsing: bytes)
      #expect(LegacyFlagContent(parsing: content.bytes) == content, "seed \(seed): \(bytes)")
      _ = content.until(writtenAt: moment.time, in: Bench.HourAhead())
    }
  }
}
