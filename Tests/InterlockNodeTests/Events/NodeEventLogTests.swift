import InterlockNode
import InterlockRadio
import InterlockSystem
import Testing

@Suite struct NodeEventLogTests {
  @Test(arguments: EventLevel.allCases)
  func `a modem's notice is logged at the level it has`(level: EventLevel) throws {
    let record = try #require(NodeEvent.modem(.notice(level, "frames were lost")).record)
    #expect(record.level.name == level.rawValue)
    #expect(record.fields.map(\.name) == ["text"])
  }
}
