import BenchHarness
import Glibc
import Interlock
import InterlockRadio

/// A ledger as full as it can be, at the instant after its last transmission.
private struct FullLedger: Sendable {
  let ledger: AirtimeLedger
  let moment: AirtimeLedgerSnapshot.Moment
  let saved: [UInt8]

  /// - Parameter step: from one transmission to the next.
  init(every step: Duration) {
    var ledger = AirtimeLedger(policy: .hourly(permille: 1000), at: .origin)
    var now = Instant.origin
    for _ in 1..<RollingBudget.maximumEntries {
      if case .granted(let id) = ledger.reserve(.milliseconds(10), share: .full, at: now) {
        ledger.settle(id, as: .sent(onAir: nil), at: now)
      }
      now = now.advanced(by: step)
    }
    self.ledger = ledger
    moment = AirtimeLedgerSnapshot.Moment(instant: now, wallClockNanoseconds: 0, boot: 1)
    saved = AirtimeLedgerSnapshot(of: ledger, at: moment).encoded()
  }

  func save() { blackHole(AirtimeLedgerSnapshot(of: ledger, at: moment).encoded()) }

  /// Replaces a file as a node does: written beside it, forced to the disk, renamed.
  func write(to path: String) {
    let bytes = AirtimeLedgerSnapshot(of: ledger, at: moment).encoded()
    let file = open("\(path).new", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard file >= 0, Glibc.write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0
    else { fatalError("cannot write \(path).new") }
    close(file)
    guard rename("\(path).new", path) == 0 else { fatalError("cannot replace \(path)") }
  }

  func load() { blackHole(AirtimeLedger.restoring(policy: ledger.policy, from: saved, at: moment)) }
}

/// Spread over a day, of which a window of an hour is in force, and crowded into that hour.
private let spread = FullLedger(every: .milliseconds(1300))
private let crowded = FullLedger(every: .milliseconds(50))

/// What comes before each transmission of a node, and what comes at its start.
let ledgerSave = Benchmark(
  name: "ledger-save",
  workload: "65 535 transmissions remembered, a window of an hour; per save, and per load",
  operations: 100,
  cases: [
    .init(name: "save, spread over a day") { count in
      for _ in 0..<count { spread.save() }
    },
    .init(name: "save, all in the last hour") { count in
      for _ in 0..<count { crowded.save() }
    },
    .init(name: "save and write, spread over a day") { count in
      for _ in 0..<count { spread.write(to: "/tmp/interlock-bench.\(getpid())") }
      unlink("/tmp/interlock-bench.\(getpid())")
    },
    .init(name: "save and write, all in the last hour") { count in
      for _ in 0..<count { crowded.write(to: "/tmp/interlock-bench.\(getpid())") }
      unlink("/tmp/interlock-bench.\(getpid())")
    },
    .init(name: "load, all in the last hour") { count in
      for _ in 0..<count { crowded.load() }
    },
  ])
