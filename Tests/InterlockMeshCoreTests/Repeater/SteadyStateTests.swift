#if os(Linux)
  import Foundation
  import Interlock
  import InterlockMeshCore
  import InterlockRadio
  import Testing

  /// Whether a repeater that hears traffic for ever stays as large as it is.
  @Suite(.serialized) struct SteadyStateTests {
    /// The resident memory of this process in bytes.
    private static func residentBytes() throws -> Int {
      let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
      let pages = try #require(Int(text.split(separator: " ")[1]))
      return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    /// Hears `count` packets and a copy of each, decides, and serialises what is to be sent.
    private static func hear(_ count: Int, from first: Int, on table: RepeaterFixture) -> Int {
      var relayedBytes = 0
      for number in first..<(first + count) {
        let body = (0..<64).map { UInt8(truncatingIfNeeded: number >> (($0 % 8) * 8)) }
        let frame = RepeaterFixture.flood(body, path: [7])?.frame ?? []
        _ = table.hear(bytes: frame)
        _ = table.hear(bytes: frame)
        relayedBytes += table.sent().reduce(0) { $0 + $1.bytes.count }
      }
      return relayedBytes
    }

    @Test func `radio.P12 two hundred thousand frames later it is no larger than before`() async {
      // In a process of its own: other tests, which run meanwhile in this one, grow and shrink as they like.
      await #expect(processExitsWith: .success) {
        let table = RepeaterFixture()
        // More than every table holds, so that each is full before the first measurement.
        let warmUp = 20_000
        _ = SteadyStateTests.hear(warmUp, from: 0, on: table)
        let full = table.machine.seenCount
        let before = try SteadyStateTests.residentBytes()
        let count = 100_000
        let bytes = SteadyStateTests.hear(count, from: warmUp, on: table)
        let growth = try SteadyStateTests.residentBytes() - before
        #expect(bytes == count * (2 + 2 + 64), "each packet was relayed once, with one more hop")
        #expect(full == RepeaterConfiguration().seenCapacity)
        #expect(table.machine.seenCount == full)
        #expect(table.machine.counters.dropped(.duplicate) == UInt64(warmUp + count))
        // Keeping the frames alone would take 28 MB.
        #expect(growth < 8 << 20, "\(growth) bytes for \(count) packets")
      }
    }
  }
#endif
