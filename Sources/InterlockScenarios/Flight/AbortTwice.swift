internal import InterlockLab

extension Scenario {
  /// A stream is aborted for two reasons at once.
  static let abortTwice: Scenario = {
    let bytes = Parameter("bytes of a packet", 1000)
    let stream = 7
    return Scenario(
      "flight.abort-twice",
      asks: "Is as much released as was taken when a timeout and an error abort the same stream?",
      parameters: [bytes], foundWithin: 200
    ) { lab, variant in
      let socket = DatagramSocket()
      let flight = Watched(LooseFlight())
      let ledger = Watched(CreditLedgerModel())
      let (first, second) = ledger.change {
        ($0.take(bytes.value, for: stream), $0.take(bytes.value, for: stream))
      }
      flight.change { flight in
        flight.send(first, bytes.value, of: stream)
        flight.send(second, bytes.value, of: stream)
      }
      @Sendable func outstanding() -> Int {
        variant == .guarded ? ledger.value.outstanding : flight.value.outstanding
      }
      lab.invariant("nothing is released twice") { outstanding() >= 0 }
      lab.invariant("what is outstanding is held") { ledger.value.outstanding == ledger.value.held }
      await withTaskGroup(of: Void.self) { group in
        for cause in ["timeout", "upstream-error"] {
          group.addTask(name: cause) {
            if variant == .guarded {
              ledger.change { $0.drop(stream) }
              await socket.write(1)
            } else {
              let lost = flight.value.bytes(of: stream)
              await socket.write(1)  // tells the peer
              flight.change { flight in
                flight.release(lost)
                flight.forget(stream)
              }
            }
          }
        }
        group.addTask(name: "late-acknowledgement") {
          await Task.yield()
          ledger.change { $0.acknowledge(second) }
          flight.change { $0.acknowledge(second) }
        }
      }
      lab.check(outstanding() == 0, "\(outstanding()) bytes in flight of a stream that is gone")
    }
  }()
}
