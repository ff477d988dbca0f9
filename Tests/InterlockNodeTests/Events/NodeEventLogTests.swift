import InterlockMeshCore
import InterlockRadio
import InterlockSystem
import Testing

@testable import InterlockNode

@Suite struct NodeEventLogTests {
  @Test(arguments: EventLevel.allCases)
  func `a modem's notice is logged at the level it has`(level: EventLevel) throws {
    let record = try #require(NodeEvent.modem(.notice(level, "frames were lost")).record)
    #expect(record.level.name == level.rawValue)
    #expect(record.fields.map(\.name) == ["text"])
  }

  @Test func `the log names who is barred, and for how long`() throws {
    let key = try #require(PublicKey([UInt8](repeating: 0xAB, count: 32)))
    let event = RepeaterEvent.advertiserBarred(key, .seconds(21_600))
    let record = try #require(NodeEvent.repeater(event).record)
    #expect(record.level == .info)
    #expect(record.message == "Advertiser barred")
    #expect(record.fields.map(\.name) == ["key", "for"])
    #expect(record.fields.map(\.value) == [.text("\(key)"), .text("6h")])
  }

  @Test func `lost events are a warning in the log and add up in the readings`() throws {
    let event = ModemEvent.lost(frames: 3, others: 2)
    let record = try #require(NodeEvent.modem(event).record)
    #expect(record.level == .warning)
    #expect(record.fields.map(\.value) == [.integer(3), .integer(2)])
    var readings = RadioReadings()
    for _ in 0..<2 { readings.note(event) }
    #expect(readings.lostFrames == 6 && readings.lostOthers == 4)
  }
}
