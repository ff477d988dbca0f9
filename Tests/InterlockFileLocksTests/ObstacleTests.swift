import InterlockLocks
import InterlockSystem
import Testing

@testable import InterlockFileLocks

@Suite struct ObstacleTests {
  private func ticket(_ ticket: UInt64, _ kind: RecordLock.Kind) -> Obstacle {
    .ticket(NearestSearch.Found(ticket: ticket, kind: kind), forShared: false)
  }

  /// Looking now and then would hide a thread that waits for the wrong one, for a second each time.
  @Test func `a thread is kept only while what it waits for is in the way too`() {
    let (reader, writer) = (ticket(5, .shared), ticket(5, .exclusive))
    let later = ticket(7, .exclusive)
    #expect(reader.covers(later, mode: .exclusive) && writer.covers(later, mode: .exclusive))
    #expect(writer.covers(later, mode: .shared))
    #expect(!reader.covers(later, mode: .shared), "a reader does not wait for a reader")
    #expect(!later.covers(writer, mode: .exclusive), "what is behind ends when it likes")
    #expect(writer.covers(writer, mode: .shared))
    #expect(!writer.covers(.permits(returned: 0), mode: .exclusive))
    #expect(Obstacle.permits(returned: 0).covers(.permits(returned: 1), mode: .exclusive))
  }
}
