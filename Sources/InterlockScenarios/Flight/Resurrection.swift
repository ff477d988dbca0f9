internal import InterlockLab

extension Scenario {
  /// A packet is put back under another owner after its stream was dropped.
  static let resurrection: Scenario = {
    let bytes = Parameter("bytes of a packet", 1000)
    let (dropped, other, anybody) = (7, 8, -1)
    return Scenario(
      "flight.resurrection",
      asks:
        "Are the bytes of a packet released once when its stream is dropped while it is sent again?",
      parameters: [bytes], foundWithin: 28
    ) { lab, variant in
      let socket = DatagramSocket()
      let flight = Watched(LooseFlight())
      let ledger = Watched(CreditLedgerModel())
      let first = ledger.change { ledger in
        let first = ledger.take(bytes.value, for: dropped)
        _ = ledger.take(bytes.value, for: other)
        return first
      }
      flight.change { flight in
        flight.send(first, bytes.value, of: dropped)
        flight.send(first + 1, bytes.value, of: other)
      }
      @Sendable func outstanding() -> Int {
        variant == .guarded ? ledger.value.outstanding : flight.value.outstanding
      }
      // The other stream's packet is in flight all the time.
      lab.invariant("what was not released is in flight") { outstanding() >= bytes.value }
      lab.invariant("what is outstanding is held") { ledger.value.outstanding == ledger.value.held }
      await withTaskGroup(of: Void.self) { group in
        group.addTask(name: "receiver") {
          if variant == .guarded {
            if let bytes = ledger.value.resend(first) { await socket.write(bytes) }
            await Task.yield()
            ledger.change { $0.acknowledge(first) }
          } else {
            if let packet = flight.value.packets[first] {
              await socket.write(packet.bytes)
              flight.change { $0.packets[first] = .init(bytes: packet.bytes, stream: anybody) }
            }
            await Task.yield()
            flight.change { $0.acknowledge(first) }
          }
        }
        group.addTask(name: "abort") {
          await Task.yield()
          ledger.change { $0.drop(dropped) }
          flight.change { $0.drop(dropped) }
        }
      }
      lab.check(outstanding() == bytes.value, "\(outstanding()) bytes in flight")
    }
  }()
}
