package import InterlockMeshCore
package import InterlockRadio

/// Everything countable about a node at one moment.
package struct NodeSnapshot: Sendable {
  package let name: String
  package let publicKey: PublicKey
  /// How long it has been running.
  package let uptime: Duration
  /// What the rule about airtime is called.
  package let allowance: String
  package let transmit: TransmitSnapshot
  package let repeater: RepeaterSnapshot
  package let radio: RadioReadings
}

/// What the modem has reported of its own accord.
package struct RadioReadings: Sendable, Hashable {
  /// What it calls itself; nil while it is not connected.
  package var device: String?
  /// How often it was connected after the first time.
  package var reconnects = 0
  package var receptionErrors = 0
  /// Frames that were heard and found no room on their way to the node.
  package var lostFrames = 0
  /// Other reports of the modem that found none.
  package var lostOthers = 0
  package var noiseFloorDBm: Int?
  package var lastSNRQuarterDB: Int?
  package var lastRSSIDBm: Int?
  private var hasBeenConnected = false

  package init() {}

  mutating func note(_ event: ModemEvent) {
    switch event {
    case .received(let frame):
      lastSNRQuarterDB = frame.snrQuarterDB ?? lastSNRQuarterDB
      lastRSSIDBm = frame.rssiDBm ?? lastRSSIDBm
    case .connected(let name):
      device = name
      if hasBeenConnected { reconnects += 1 }
      hasBeenConnected = true
    case .disconnected: device = nil
    case .receptionErrors(let count): receptionErrors += count
    case .noiseFloor(let dBm): noiseFloorDBm = dBm
    case .lost(let frames, let others):
      lostFrames += frames
      lostOthers += others
    case .notice: break
    }
  }
}
