import Foundation
import Interlock
import InterlockSystem
import TestSupport
import Testing

@Suite(.ownThread, .timeLimit(.minutes(10))) struct LineWriterTests {
  @Test func `a failing destination is tried once a line, and the loss is told when it is over`()
    async
  {
    let disk = Disk(room: 0)
    let writer = disk.writer()
    await writer.flush()
    #expect(disk.attempts == 0)
    for number in 1...3 {
      writer.append("line \(number)\n")
      await writer.flush()
      // The append and the flush may have tried once each; nothing tries by itself.
      #expect(disk.attempts <= 2 * number)
    }
    disk.give(1000)
    writer.append("line 4\n")
    await writer.flush()
    #expect(disk.text == "(3 left out)\nline 4\n")
  }

  @Test func `a line cut off by a full disk is ended, and counts as left out`() async {
    let disk = Disk(room: 10)
    let writer = disk.writer()
    writer.append("line 1\nline 2\nline 3\n")
    // The disk stays full for some attempts more.
    for _ in 0..<3 { await writer.flush() }
    disk.give(1000)
    writer.append("line 4\n")
    await writer.flush()
    #expect(disk.text == "line 1\nlin\n(2 left out)\nline 4\n")
  }

  @Test func `a flush behind a stuck reader ends with its task; the writing goes on`() async {
    let disk = Disk(room: 1000)
    let gate = DispatchSemaphore(value: 0)
    let writer = disk.writer { gate.wait() }
    writer.append("line 1\n")
    let flushing = Task { await writer.flush() }
    flushing.cancel()
    await flushing.value
    #expect(disk.text == "")
    gate.signal()
    await writer.flush()
    #expect(disk.text == "line 1\n")
  }

  @Test func `lines that do not fit are counted one by one`() async {
    let disk = Disk(room: 1000)
    let gate = DispatchSemaphore(value: 0)
    let writer = disk.writer(capacity: 14) { gate.wait() }
    writer.append("line 1\nline 2\n")
    writer.append("a line\nof two lines, too long\n")
    for _ in 0..<3 { gate.signal() }
    await writer.flush()
    // The thread may take the first lines before or after the others were refused.
    #expect(disk.text.split(separator: "\n").sorted() == ["(2 left out)", "line 1", "line 2"])
  }
}

/// Somewhere with so much room.
private final class Disk: Sendable {
  private let state: Guarded<(room: Int, bytes: [UInt8], attempts: Int)>

  init(room: Int) { state = Guarded((room, [], 0)) }

  var text: String { String(decoding: state.withLock { $0.bytes }, as: UTF8.self) }
  var attempts: Int { state.withLock { $0.attempts } }

  func give(_ room: Int) { state.withLock { $0.room += room } }

  func writer(
    capacity: Int = 1000, before: @escaping @Sendable () -> Void = {}
  ) -> LineWriter {
    LineWriter(capacity: capacity, note: { "(\($0) left out)\n" }) { bytes in
      before()
      return self.state.withLock { state in
        let count = min(state.room, bytes.count)
        state.room -= count
        state.bytes += bytes[..<count]
        state.attempts += 1
        return count
      }
    }
  }
}
