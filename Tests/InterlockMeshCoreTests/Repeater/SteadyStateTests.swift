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

    @Test func `radio.P12 two hundred thousand frames later it is no larger than before`() throws {
      let table = RepeaterFixture()
      // More than every table holds, so that each is full before the first measurement.
      let warmUp = 20_000
      _ = Self.hear(warmUp, from: 0, on: table)
      let full = table.machine.seenCount
      let before = try Self.residentBytes()
      let count = 100_000
      let bytes = Self.hear(count, from: warmUp, on: table)
      let growth = try Self.residentBytes() - before
      #expect(bytes == count * (2 + 2 + 64), "each packet was relayed once, with one more hop")
      #expect(full == RepeaterConfiguration().seenCapacity)
      #expect(table.machine.seenCount == full)
      #expect(table.machine.counters.dropped(.duplicate) == UInt64(warmUp + count))
      // Keeping the frames alone would take 28 MB. Other tests run in the same process meanwhile,
      // so the bound leaves room for theirs.
      #expect(growth < 16 << 20, "\(growth) bytes for \(count) packets")
    }
  }
#endif
