internal import InterlockLab

extension Scenario {
  /// A packet that is out of the table while it is sent again is overlooked when its stream is dropped.
  static let resendGap: Scenario = {
    let bytes = Parameter("bytes of a packet", 1000)
    let stream = 7
    return Scenario(
      "flight.resend-gap",
      asks:
        "Are the bytes of a packet released at all when its stream is dropped while it is sent again?",
      parameters: [bytes], foundWithin: 20
    ) { lab, variant in
      let socket = DatagramSocket()
      let flight = Watched(LooseFlight())
      let ledger = Watched(CreditLedgerModel())
      let id = ledger.change { $0.take(bytes.value, for: stream) }
      flight.change { $0.send(id, bytes.value, of: stream) }
      @Sendable func outstanding() -> Int {
        variant == .guarded ? ledger.value.outstanding : flight.value.outstanding
      }
      lab.invariant("nothing is released twice") { outstanding() >= 0 }
      lab.invariant("what is outstanding is held") { ledger.value.outstanding == ledger.value.held }
      await withTaskGroup(of: Void.self) { group in
        group.addTask(name: "receiver") {
          if variant == .guarded {
            if let bytes = ledger.value.resend(id) { await socket.write(bytes) }
          } else if let packet = flight.change({ $0.packets.removeValue(forKey: id) }) {
            await socket.write(packet.bytes)
            flight.change { $0.packets[id] = packet }
          }
        }
        group.addTask(name: "abort") {
          await Task.yield()
          ledger.change { $0.drop(stream) }
          flight.change { $0.drop(stream) }
        }
      }
      lab.check(outstanding() == 0, "\(outstanding()) bytes in flight of a stream that is gone")
    }
  }()
}
