import InterlockMeshCore
import InterlockRadio
import Testing

@Suite struct ForwardingRuleTests {
  /// Whether a channel message is passed on under one rule that drops.
  private func isRelayed(
    _ packet: Packet? = RepeaterFixture.flood(path: [1, 2, 3, 4], hashSize: 2),
    snrQuarterDB: Int? = 40, under change: (inout ForwardingRule) -> Void
  ) -> Bool {
    var rule = ForwardingRule(.drop)
    change(&rule)
    let fixture = RepeaterFixture {
      $0.rules = [rule]
    }
    let verdict = fixture.hear(packet, snrQuarterDB: snrQuarterDB)
    #expect(fixture.sent().isEmpty == (verdict == .dropped(.policy)), "\(verdict)")
    return verdict != .dropped(.policy)
  }

  @Test func `each condition keeps a rule from what it does not describe`() {
    // Two hops of two bytes, five bytes of payload whose first is the channel's hash, 11 in all.
    #expect(!isRelayed { _ in })
    #expect(isRelayed { $0.route = .transportFlood })
    #expect(!isRelayed { $0.route = .flood })
    #expect(isRelayed { $0.frameBytes = 12...255 })
    #expect(isRelayed { $0.frameBytes = 0...10 })
    #expect(!isRelayed { $0.frameBytes = 11...11 })
    #expect(isRelayed { $0.hashSize = 1 })
    #expect(!isRelayed { $0.hashSize = 2 })
    #expect(isRelayed { $0.hasTransportCodes = true })
    #expect(!isRelayed { $0.hasTransportCodes = false })
    #expect(isRelayed { $0.channelHash = 2 })
    #expect(!isRelayed { $0.channelHash = 1 })
    #expect(isRelayed { $0.pathContains = [2, 3] })
    #expect(!isRelayed { $0.pathContains = [3, 4, 5] })
    // The table's radio hears everything at -90 dBm.
    #expect(isRelayed { $0.weakerThanDBm = -90 })
    #expect(!isRelayed { $0.weakerThanDBm = -89 })
    #expect(isRelayed { $0.weakerThanQuarterDB = 40 })
    #expect(!isRelayed { $0.weakerThanQuarterDB = 41 })
    #expect(isRelayed(snrQuarterDB: nil) { $0.weakerThanQuarterDB = 41 })
  }

  @Test func `what is for no channel has no channel's hash`() {
    let text = RepeaterFixture.flood([1, 2, 3, 4, 5, 6], type: .text)
    #expect(isRelayed(text) { $0.channelHash = 1 })
  }

  @Test func `a rule that logs notes the packet and lets later rules decide`() throws {
    var narrow = ForwardingRule(.log)
    narrow.hashSize = 3
    for last in [ForwardingRule.Action.allow, .drop] {
      let fixture = RepeaterFixture {
        $0.rules = [narrow, ForwardingRule(.log), ForwardingRule(last), ForwardingRule(.log)]
      }
      let packet = try #require(RepeaterFixture.flood())
      let verdict = fixture.hear(packet)
      #expect((verdict == .dropped(.policy)) == (last == .drop))
      var noted: [Int] = []
      while let action = fixture.machine.nextAction() {
        guard case .noteRule(let index, packet) = action else { continue }
        noted.append(index)
      }
      #expect(noted == [1])
    }
  }
}
