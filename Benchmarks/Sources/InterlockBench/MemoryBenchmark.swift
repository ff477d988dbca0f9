import BenchHarness
import Interlock
import InterlockMeshCore
import InterlockRadio

/// A repeater that hears new packets for ever, and stays as large as it is.
///
/// It ends the program when that is not so: a repeater that grows is of no use, however fast.
let meshCoreMemory = Benchmark(
  name: "meshcore-memory",
  workload: "packets never heard before are relayed, and memory does not grow; per packet",
  operations: 10_000_000,
  cases: [
    .init(name: "RepeaterMachine", mostAllocations: 2.05) { count in
      var machine = benchRepeater()
      var now = Instant.origin
      var full = 0
      for number in 0..<count {
        if number == filling { full = residentBytes() }
        now = now.advanced(by: .milliseconds(10))
        _ = machine.receive(
          ReceivedFrame(
            bytes: newFrame(number), snrQuarterDB: 24, rssiDBm: -90, receivedAt: now), at: now)
        while let action = machine.nextAction() { blackHole(action) }
      }
      guard machine.counters.relayedFlood == count else {
        fatalError("not every packet was relayed")
      }
      let growth = residentBytes() - full
      guard count <= filling || growth < mostGrowth else {
        fatalError("\(growth) bytes more after \(count) packets than after \(filling)")
      }
    }
  ])

/// More packets than any table holds: from here on it may not grow.
private let filling = 20_000
/// What the allocator may need besides.
private let mostGrowth = 1 << 20

/// A group text of 64 bytes that has passed one repeater; every number gives another.
private func newFrame(_ number: Int) -> [UInt8] {
  var frame: [UInt8] = []
  frame.reserveCapacity(67)
  frame.append(contentsOf: [0x15, 1, 7])
  for index in 0..<64 { frame.append(UInt8(truncatingIfNeeded: number >> (index % 8 * 8))) }
  return frame
}
