import Interlock
import InterlockSystem
import TestSupport
import Testing

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct SharedMappingTests {
  private func mapping(_ path: String) throws -> SharedMapping {
    let file = try FileDescriptor.file(path, .making(mode: 0o600))
    try file.allocate(4096, path)
    return try SharedMapping(file, length: 4096, isWritable: true, path)
  }

  @Test func `what one writes the other reads`() throws {
    let directory = try TemporaryDirectory()
    let (mine, theirs) = (try mapping(directory("file")), try mapping(directory("file")))
    mine.store(7, at: 8)
    #expect(theirs.load(8) == 7)
    #expect(theirs.exchange(7, for: 9, at: 8) && !mine.exchange(7, for: 8, at: 8))
    #expect(mine.raise(to: 5, at: 8) == 9 && theirs.raise(to: 12, at: 8) == 12)
    #expect(mine.increment(at: 8) == 13)
    mine.write([1, 2, 3], at: 4096 - 24)
    #expect(theirs.read(3, at: 4096 - 24) == [1, 2, 3])
  }

  @Test func `one who waits at a word is woken through another mapping`() async throws {
    let directory = try TemporaryDirectory()
    let (mine, theirs) = (try mapping(directory("file")), try mapping(directory("file")))
    let seen = theirs.loadHalf(16)
    async let woken: Void = BlockingPool.shared.run {
      while theirs.loadHalf(16) == seen {
        theirs.wait(while: seen, at: 16, limitNanoseconds: 60_000_000_000)
      }
    }
    mine.ring(16)
    try await woken
    #expect(theirs.loadHalf(16) == seen + 1)
  }
}
