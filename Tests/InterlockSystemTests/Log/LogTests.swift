import Foundation
import Interlock
import InterlockSystem
import TestSupport
import Testing

@Suite(.ownThread, .timeLimit(.minutes(10))) struct LogTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func lines(_ path: String) throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  @Test func `text lines carry time, level, message and quoted fields`() {
    let record = LogRecord(
      .warning, "packet dropped",
      [
        .init("id", .text("a1b2")), .init("why", .text("no \"room\"\n")), .init("n", .integer(-3)),
        .init("share", .number(0.5)), .init("ok", .flag(false)), .init("empty", .text("")),
      ], at: Timestamp(nanoseconds: 1_763_630_102_041_999_999))
    #expect(
      record.line(.text)
        == "2025-11-20T09:15:02.041Z warning packet dropped id=a1b2 why=\"no \\\"room\\\"\\n\" n=-3"
        + " share=0.5 ok=false empty=\"\"\n")
  }

  @Test func `JSON lines are one object each that parsers accept, whatever the text`() throws {
    let text = "\u{0}\u{1B}[31m\"\\\n\r\tü\u{2028}😀"
    let record = LogRecord(
      .error, text, [.init("value", .text(text)), .init("bad", .number(.nan))])
    let line = record.line(.json)
    #expect(line.hasSuffix("}\n"))
    #expect(!line.dropLast().utf8.contains(0x0A))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["message"] as? String == text)
    #expect(object["value"] as? String == text)
    #expect(object["level"] as? String == "error")
    #expect(object["bad"] is NSNull)
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (951_782_400, "2000-02-29T00:00:00.000Z"),
      (1_709_251_199, "2024-02-29T23:59:59.000Z"), (-1, "1969-12-31T23:59:59.000Z"),
      (4_107_542_400, "2100-03-01T00:00:00.000Z"),
    ] as [(Int64, String)])
  func `time stamps are right on both sides of leap days and of 1970`(
    seconds: Int64, text: String
  ) {
    #expect(Timestamp(nanoseconds: seconds * 1_000_000_000).description == text)
  }

  @Test func `lines of many tasks arrive whole, each exactly once`() async throws {
    let path = directory("log")
    let sink = try LogSink(.file(path), level: .info, style: .text, capacity: 10_000_000)
    await withTaskGroup { group in
      for task in 0..<20 {
        group.addTask {
          for round in 0..<100 {
            sink.log(LogRecord(.info, "line", [.init("n", .integer(Int64(task * 100 + round)))]))
          }
          sink.log(LogRecord(.debug, "not wanted"))
        }
      }
    }
    await sink.flush()
    let numbers = try lines(path).compactMap { $0.split(separator: "=").last.flatMap { Int($0) } }
    #expect(numbers.sorted() == Array(0..<2000))
  }

  @Test func `a log that does not keep up drops lines and says how many`() async throws {
    let path = directory("log")
    // Nobody has read the pipe yet, so the writer stops once the kernel's buffer is full.
    #expect(mkfifo(path, 0o600) == 0)
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    let sink = try LogSink(.file(path), level: .info, style: .text, capacity: 1000)
    let padding = String(repeating: "x", count: 900)
    for number in 0..<1000 {
      sink.log(
        LogRecord(.info, "line", [.init("n", .integer(Int64(number))), .init("p", .text(padding))]))
    }
    _ = fcntl(reader, F_SETFL, 0)
    async let reading = BlockingPool(width: 1, capacity: 0).run {
      let handle = FileHandle(fileDescriptor: reader, closeOnDealloc: true)
      var text = Data()
      while !String(decoding: text, as: UTF8.self).contains("the end") {
        text += handle.availableData
      }
      return String(decoding: text, as: UTF8.self)
    }
    await sink.flush()
    sink.log(LogRecord(.info, "the end"))
    await sink.flush()
    let text = try await reading
    let written = text.split(separator: "\n").filter { $0.contains(" line n=") }.count
    let dropped = text.matches(of: #/(\d+) log lines dropped/#).compactMap { Int($0.1) }.reduce(
      0, +)
    #expect(dropped > 0 && written + dropped == 1000)
  }

  @Test func `a pipe that nobody reads is no log`() throws {
    let path = directory("log")
    #expect(mkfifo(path, 0o600) == 0)
    let error = #expect(throws: SystemError.self) {
      try LogSink(.file(path), level: .info, style: .text)
    }
    #expect(error?.subject == path)
  }

  @Test func `a log on a full disk ends every flush`() async throws {
    let sink = try LogSink(.file("/dev/full"), level: .info, style: .text)
    for _ in 0..<3 {
      sink.log(LogRecord(.info, "hello"))
      await sink.flush()
    }
  }

  @Test func `the same warning is written once in ten seconds, and then with the count left out`()
    async throws
  {
    let path = directory("log")
    let clock = StepClock()
    let sink = try LogSink(.file(path), level: .info, style: .text, clock: clock)
    for _ in 0..<5 { sink.log(LogRecord(.warning, "queue full")) }
    sink.log(LogRecord(.warning, "another"))
    sink.log(LogRecord(.error, "broken"))
    sink.log(LogRecord(.error, "broken"))
    clock.advance(by: .seconds(10))
    sink.log(LogRecord(.warning, "queue full"))
    await sink.flush()
    let messages = try lines(path).map { $0.drop { $0 != " " }.dropFirst() }
    #expect(
      messages == [
        "warning queue full", "warning another", "error broken", "error broken",
        "info the next line was left out 4 times", "warning queue full",
      ])
  }
}

/// A clock that moves when it is told to.
final class StepClock: MonotonicClock {
  private let instant = Guarded(Instant.origin)
  var now: Instant { instant.withLock { $0 } }
  func advance(by duration: Duration) { instant.withLock { $0 = $0.advanced(by: duration) } }
  func sleep(until deadline: Instant) async throws { try Task.checkCancellation() }
}
