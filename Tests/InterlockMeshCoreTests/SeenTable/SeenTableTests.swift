import Interlock
import InterlockMeshCore
import TestSupport
import Testing

/// A table that test expectations may change.
private final class Table {
  var value: SeenTable

  init(capacity: Int, expiry: Duration, seed: UInt64) {
    value = SeenTable(capacity: capacity, expiry: expiry, seed: seed)
  }

  var count: Int { value.count }
  var longestChain: Int { value.longestChain }

  @discardableResult
  func insertIfAbsent(_ hash: PacketHash, at now: Instant) -> Bool {
    value.insertIfAbsent(hash, at: now)
  }

  func refresh(_ hash: PacketHash, at now: Instant) -> UInt64? { value.refresh(hash, at: now) }
  func contains(_ hash: PacketHash, at now: Instant) -> Bool { value.contains(hash, at: now) }
  func remove(_ hash: PacketHash) -> Bool { value.remove(hash) }
}

@Suite(.tags(.property), .ownThread) struct SeenTableTests {
  private func at(_ seconds: Int) -> Instant { Instant.origin.advanced(by: .seconds(seconds)) }
  private func hash(_ value: UInt64) -> PacketHash { PacketHash(value: value) }

  @Test func `the first copy is new, the second is not`() {
    let table = Table(capacity: 4, expiry: .seconds(3600), seed: 1)
    #expect(table.insertIfAbsent(hash(9), at: at(0)))
    #expect(!table.insertIfAbsent(hash(9), at: at(1)))
    #expect(table.count == 1)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `in a table of another size the hashes seen last are there, in their order`(
    size: UInt64
  ) {
    let table = Table(capacity: 10, expiry: .seconds(3600), seed: 1)
    for value in 0..<10 as Range<UInt64> {
      table.value.insertIfAbsent(hash(value), note: value, at: at(Int(value)))
    }
    // Seen again, so the last to go.
    #expect(table.refresh(hash(0), at: at(20)) == 0)
    table.value = table.value.resized(to: Int(size))
    #expect(table.value.capacity == Int(size))
    #expect(table.count == Int(min(size, 10)))
    #expect(table.contains(hash(0), at: at(21)))
    for value in 1..<10 as Range<UInt64> {
      #expect(table.contains(hash(value), at: at(21)) == (value + size > 10), "\(value)")
    }
    // Newcomers take the places of the least recently seen.
    for value in 0..<size { table.insertIfAbsent(hash(100 + value), at: at(22)) }
    #expect(table.count == Int(size))
    #expect((0..<size).allSatisfy { table.contains(hash(100 + $0), at: at(22)) })
    #expect(!table.contains(hash(0), at: at(3620)))
  }

  @Test func `a hash of zeros is no different from others`() {
    let table = Table(capacity: 4, expiry: .seconds(3600), seed: 1)
    #expect(!table.contains(hash(0), at: at(0)))
    #expect(table.insertIfAbsent(hash(0), at: at(0)))
    #expect(table.contains(hash(0), at: at(0)))
  }

  @Test func `an entry is gone when its time is over, and a hit renews it`() {
    let table = Table(capacity: 4, expiry: .seconds(10), seed: 1)
    table.insertIfAbsent(hash(1), at: at(0))
    #expect(table.contains(hash(1), at: at(9)))
    #expect(!table.contains(hash(1), at: at(10)))
    #expect(table.refresh(hash(1), at: at(9)) != nil)
    #expect(table.refresh(hash(1), at: at(18)) != nil)
    #expect(table.refresh(hash(1), at: at(28)) == nil)
    #expect(table.insertIfAbsent(hash(1), at: at(28)))
  }

  @Test func `when full, the hash seen least recently makes room`() {
    let table = Table(capacity: 3, expiry: .seconds(3600), seed: 1)
    for value in 1...3 { table.insertIfAbsent(hash(UInt64(value)), at: at(value)) }
    #expect(table.refresh(hash(1), at: at(4)) != nil)
    table.insertIfAbsent(hash(4), at: at(5))
    #expect(table.contains(hash(1), at: at(5)))
    #expect(!table.contains(hash(2), at: at(5)))
    #expect(table.count == 3)
  }

  @Test func `what is removed is new again`() {
    let table = Table(capacity: 3, expiry: .seconds(3600), seed: 1)
    table.insertIfAbsent(hash(1), at: at(0))
    #expect(table.remove(hash(1)))
    #expect(!table.remove(hash(1)))
    #expect(table.insertIfAbsent(hash(1), at: at(0)))
  }

  @Test func `a clock that stands still expires nothing`() {
    let table = Table(capacity: 100, expiry: .seconds(1), seed: 1)
    for value in 0..<100 { table.insertIfAbsent(hash(UInt64(value)), at: at(0)) }
    for value in 0..<100 { #expect(table.contains(hash(UInt64(value)), at: at(0))) }
  }

  @Test(arguments: [UInt64(1), 2, 3, 4])
  func `any sequence of steps does what a naive model does`(seed: UInt64) {
    struct Model {
      var order: [(hash: UInt64, at: Int)] = []
      mutating func insert(_ value: UInt64, _ now: Int, capacity: Int, expiry: Int) -> Bool {
        if let index = order.firstIndex(where: { $0.hash == value }) {
          let old = order.remove(at: index)
          guard now - old.at >= expiry else {
            order.append((value, now))
            return false
          }
        }
        if let first = order.first, now - first.at >= expiry || order.count == capacity {
          order.removeFirst()
        }
        order.append((value, now))
        return true
      }
    }
    var random = TestRandom(seed: seed)
    let table = Table(capacity: 16, expiry: .seconds(50), seed: seed)
    var model = Model()
    var now = 0
    for _ in 0..<20_000 {
      now += Int.random(in: 0...2, using: &random)
      let value = UInt64.random(in: 0..<24, using: &random)
      if Int.random(in: 0..<8, using: &random) == 0 {
        let index = model.order.firstIndex { $0.hash == value }
        #expect(table.remove(hash(value)) == (index != nil), "seed \(seed)")
        if let index { model.order.remove(at: index) }
      } else {
        let isNew = table.insertIfAbsent(hash(value), at: at(now))
        #expect(
          isNew == model.insert(value, now, capacity: 16, expiry: 50), "seed \(seed), at \(now)")
      }
      #expect(table.count == model.order.count, "seed \(seed)")
    }
  }

  @Test func `radio.P8 at capacity under 10^5 packets it stays bounded and keeps the recent ones`()
  {
    let table = Table(capacity: 4096, expiry: .seconds(3600), seed: 5)
    var random = TestRandom(seed: 5)
    let values = (0..<100_000).map { _ in random.next() }
    for value in values {
      #expect(table.insertIfAbsent(hash(value), at: at(1)))
      #expect(table.count <= 4096)
    }
    for value in values.suffix(4096) { #expect(table.contains(hash(value), at: at(1))) }
    for value in values.dropLast(4096).suffix(100) {
      #expect(!table.contains(hash(value), at: at(1)))
    }
  }

  @Test func `hashes that differ in few bits spread over the buckets`() {
    let table = Table(capacity: 4096, expiry: .seconds(3600), seed: 6)
    for shift in [0, 20, 40, 52] {
      for value in 0..<1024 { table.insertIfAbsent(hash(UInt64(value) << shift), at: at(1)) }
    }
    #expect(table.longestChain <= 12)
  }
}
