import Foundation
import Interlock
import InterlockLocks
import InterlockWire
import TestSupport
import Testing

@Suite struct LegacyFlagTests {
  struct Vectors: Decodable {
    struct File: Decodable {
      let file: String
      let status: String
      let instance: Int?
      let content: String
      let mtime: String
      let payload: String?
      let until: String
    }
    let files: [File]
    let not_flags: [String]
  }

  let vectors: Vectors

  init() throws {
    let url = try #require(
      Bundle.module.url(forResource: "flags", withExtension: "json", subdirectory: "Vectors"))
    vectors = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: url))
  }

  /// The time at which the clock shows `text`, an hour ahead of UTC.
  private func local(_ text: String) throws -> StatusTime {
    let date = try #require(ISO8601DateFormatter().date(from: text + "+01:00"))
    return StatusTime(seconds: Int64(date.timeIntervalSince1970))
  }

  @Test func `locks.S2 flag files are read as the vectors say`() throws {
    #expect(vectors.files.count >= 5)
    for vector in vectors.files {
      let flag = try #require(LegacyFlag(file: vector.file))
      #expect(flag.status.rawValue == vector.status && flag.instance == vector.instance)
      #expect(flag.file == vector.file)
      let entry = LegacyFlagContent(parsing: Array(vector.content.utf8)).entry(
        flag, id: "x", writtenAt: try local(vector.mtime), in: FixedCalendar())
      #expect(entry.job == vector.payload, "\(vector.file)")
      #expect(entry.until == (try local(vector.until)), "\(vector.file)")
      #expect(entry.since == (try local(vector.mtime)) && entry.owner == nil)
    }
  }

  @Test func `locks.K4 other files are no flags`() {
    #expect(vectors.not_flags.count >= 8)
    for file in vectors.not_flags { #expect(LegacyFlag(file: file) == nil, "\(file)") }
    #expect(LegacyFlag.all.count == 24)
    for flag in LegacyFlag.all { #expect(LegacyFlag(file: flag.file) == flag) }
  }

  @Test func `a flag has one key however it is written`() {
    let keys: Set = [
      StatusKey("FCRunning1"), StatusKey("FCRunning", scope: "inverter-1"),
      StatusKey("FCRunning1", scope: "inverter-1"),
    ]
    #expect(keys.count == 1)
    #expect(keys.first?.name == "FCRunning" && keys.first?.scope == "inverter-1")
    #expect(StatusKey("FCRunning").flag?.file == ".FCRunning")
    #expect(StatusKey("tpcRunning", scope: "inverter-5").flag?.file == ".tpcRunning_5")
    let others = [
      StatusKey("FCRunning", scope: "inverter-6"), StatusKey("FCRunning", scope: "garden"),
      StatusKey("FCRunning2", scope: "inverter-1"), StatusKey("FCRunning6"),
      StatusKey("tpcRunning1"), StatusKey("backup", scope: "inverter-1"),
    ]
    for key in others { #expect(key.flag == nil, "\(key)") }
    #expect(StatusKey("FCRunning", scope: "inverter-6").needsFence)
    #expect(!StatusKey("backup").needsFence)
  }

  @Test func `locks.K4 what is written is what the legacy programs expect to find`() {
    let until = StatusTime(seconds: 1_772_379_000)  // 16:30 on the clock
    func content(_ name: StatusName, _ payload: JSONObject, until: StatusTime) -> String {
      let entry = StatusEntry(
        id: "x", key: StatusKey(name), owner: nil, since: StatusTime(seconds: 0), until: until,
        payload: payload
      )
      return String(
        decoding: LegacyFlagContent(of: entry, in: FixedCalendar()).bytes, as: UTF8.self)
    }
    #expect(content("FCRunning1", ["job": "7c1e-job"], until: until) == "7c1e-job\n16:30")
    #expect(content("FCRunning1", [:], until: until) == "\n16:30")
    #expect(content("FCRunning", [:], until: until) == "", "the older line's files are empty")
    #expect(content("FCRunning", ["job": "j"], until: until) == "j\n16:30")
    let later = until.advanced(by: .microseconds(1))
    #expect(content("FCRunning1", ["job": "j"], until: later) == "j\n16:31", "never too early")
    #expect(content("FCRunning1", ["job": "two\nlines"], until: until) == "\n16:30")
    #expect(content("FCRunning1", ["job": 7], until: until) == "\n16:30")
  }

  @Test(arguments: [
    "", "\n", "\n\n", "j", "j\n", "j\n9:05", "j\n25:00", "j\n12:60", "j\n12:00x", "j\n-1:00",
    "j\n12:00\nmore", "j\n１２:00", "\u{0}\u{0}",
  ])
  func `locks.S2 a content that makes no sense is set for the usual time`(text: String) {
    let written = StatusTime(seconds: 1_772_000_000)
    let content = LegacyFlagContent(parsing: Array(text.utf8))
    #expect(
      content.until(writtenAt: written, in: FixedCalendar())
        == written.advanced(by: .seconds(3600)))
  }

  @Test func `locks.S2 a time is found across midnight and a clock that is set`() throws {
    let calendar = Berlin()
    func until(_ time: String, after seconds: Int64) -> Int64 {
      let content = LegacyFlagContent(parsing: Array("j\n\(time)".utf8))
      let found = content.until(writtenAt: StatusTime(seconds: seconds), in: calendar)
      return (found.microseconds / 1_000_000 - seconds) / 60
    }
    let (forward, back) = (Berlin.forward, Berlin.back)
    #expect(until("03:10", after: forward - 600) == 20, "01:50, ten minutes before it is 03:00")
    #expect(until("02:30", after: forward - 600) == 40, "never shown that night")
    #expect(until("02:30", after: back - 5400) == 60, "the first of two half past two")
    #expect(until("02:10", after: back - 600) == 20, "02:50, and ten past two comes again")
    #expect(until("00:10", after: back - 3 * 3600 - 600) == 20, "23:50 the evening before")
    #expect(
      until("23:10", after: back - 3 * 3600 - 2970) == 60, "24 h 59 min are too long: an hour")
  }

  /// Looks at the clock minute by minute; it shares no code with what it checks.
  private func slowly(
    _ text: String, after start: Int64, _ calendar: some LocalCalendar
  ) -> Int64? {
    var minute = start - start % 60 + 60
    while minute <= start + 86_400 {
      let shown = (minute + calendar.offset(at: minute)) % 86_400 / 60
      if text == String(format: "%02d:%02d", shown / 60, shown % 60) { return minute }
      minute += 60
    }
    return nil
  }

  @Test(.tags(.property))
  func `locks.S2 a time is found where a patient look at the clock finds it`() {
    var generator = SeededGenerator(seed: 11)
    for round in 0..<Schedules.count(400) {
      let places = [Berlin.forward, Berlin.back, 1_780_000_000]
      let near = places[Int.random(in: 0..<places.count, using: &generator)]
      let start = near + Int64.random(in: -100_000...100_000, using: &generator)
      let (hour, minute) = (
        Int.random(in: 0...23, using: &generator), Int.random(in: 0...59, using: &generator)
      )
      let text = String(format: "%02d:%02d", hour, minute)
      guard let found = slowly(text, after: start, Berlin()) else { continue }
      let content = LegacyFlagContent(parsing: Array("\n\(text)".utf8))
      #expect(
        content.until(writtenAt: StatusTime(seconds: start), in: Berlin())
          == StatusTime(seconds: found), "seed 11, round \(round): \(text) after \(start)")
    }
  }

  @Test func `times beyond any calendar do not trap`() {
    for microseconds in [Int64.min, .min + 1, -1, 0, .max - 1, .max] {
      let time = StatusTime(microseconds: microseconds)
      _ = ClockTime("12:00")?.next(after: time, in: Berlin())
      _ = ClockTime(notBefore: time, in: Berlin())
      for other in [Int64.min, 0, .max] {
        _ = time.duration(to: StatusTime(microseconds: other))
      }
      _ = time.advanced(by: .seconds(Int64.max))
      _ = time.advanced(by: .seconds(Int64.min))
    }
  }
}
