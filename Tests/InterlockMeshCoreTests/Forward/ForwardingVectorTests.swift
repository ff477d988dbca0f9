import Interlock
import InterlockMeshCore
import InterlockRadio
import InterlockWire
import Testing

@Suite struct ForwardingVectorTests {
  @Test(arguments: ["forwarding", "trace"])
  func `radio.P1 forwarding and trace: every step of every case`(file: String) throws {
    let cases = try VectorFile.cases(file)
    for item in cases {
      let id = item["id"] as? String ?? "?"
      let node = try #require(item["node"] as? [String: Any])
      var machine = try machine(node)
      var now = Instant.origin
      for step in try #require(item["steps"] as? [[String: Any]]) {
        now = now.advanced(by: .seconds(60))
        let frame = ReceivedFrame(
          bytes: try #require(Hex.decode(step["rx"] as? String ?? "-")),
          snrQuarterDB: Int((step["snr"] as? Double ?? 0) * 4), rssiDBm: -80, receivedAt: now)
        let expect = try #require(step["expect"] as? [String: Any])
        var verdict = machine.receive(frame, at: now)
        var holdMs = 0
        if case .held(let until) = verdict {
          holdMs = Int(now.nanoseconds(to: until) / 1_000_000)
          let early = machine.wake(at: until.advanced(byNanoseconds: -1))
          #expect(early == nil, "\(id)")
          let woken = machine.wake(at: until)
          verdict = try #require(woken)
        }
        #expect(abs(holdMs - (expect["holdMs"] as? Int ?? 0)) <= 1, "\(id)")
        let reasons =
          [expect["reason"] as? String ?? ""]
          + (expect["reasonAlternatives"] as? [String] ?? [])
        #expect(reasons.contains(verdict.reason), "\(id): \(verdict)")
        var sent: [OutgoingFrame] = []
        while let action = machine.nextAction() {
          if case .transmit(let frame) = action { sent.append(frame) }
        }
        let wanted = expect["tx"] as? [[String: Any]] ?? []
        #expect(sent.count == wanted.count, "\(id)")
        for (frame, want) in zip(sent, wanted) {
          #expect(Hex.encode(frame.bytes) == want["hex"] as? String, "\(id)")
          #expect(frame.priority == want["priority"] as? Int, "\(id)")
          #expect(
            frame.window.minimumMicroseconds == Int64(want["delayMinMs"] as? Int ?? -1) * 1000,
            "\(id)")
          #expect(
            frame.window.maximumMicroseconds == Int64(want["delayMaxMs"] as? Int ?? -1) * 1000,
            "\(id)")
        }
      }
    }
  }

  private func machine(_ node: [String: Any]) throws -> RepeaterMachine {
    let radio = try #require(node["radio"] as? [String: Any])
    let settings = LoRaSettings(
      frequencyHz: 869_525_000, bandwidthHz: UInt32((radio["bw"] as? Double ?? 0) * 1000),
      spreadingFactor: try #require(radio["sf"] as? Int),
      codingRateDenominator: try #require(radio["cr"] as? Int),
      preambleSymbols: try #require(radio["pre"] as? Int))
    var configuration = RepeaterConfiguration()
    configuration.mode = node["repeat"] as? Bool == true ? .forward : .monitor
    configuration.maximumFloodHops = try #require(node["floodMax"] as? Int)
    configuration.maximumUnscopedFloodHops = try #require(node["floodMaxUnscoped"] as? Int)
    configuration.maximumAdvertHops = try #require(node["floodMaxAdvert"] as? Int)
    configuration.loopDetection = try #require(
      LoopDetection(rawValue: node["loopDetect"] as? String ?? ""))
    configuration.regions = (node["regions"] as? [[String: Any]] ?? []).map {
      RegionRule(
        publicName: $0["name"] as? String ?? "", allowsFlood: $0["floodAllowed"] as? Bool ?? false)
    }
    configuration.allowsUnscopedFlood = try #require(node["wildcardFloodAllowed"] as? Bool)
    configuration.sendsAcknowledgementsTwice = node["multiAcks"] as? Int == 1
    configuration.delays.receptionBase = try #require(node["rxDelayBase"] as? Double)
    configuration.delays.floodFactor = try #require(node["txDelayFactor"] as? Double)
    configuration.delays.directFactor = try #require(node["directTxDelayFactor"] as? Double)
    let key = try #require(Hex.decode(node["publicKey"] as? String ?? "-"))
    return RepeaterMachine(
      configuration: configuration, publicKey: key, settings: settings, seed: 7)
  }
}
