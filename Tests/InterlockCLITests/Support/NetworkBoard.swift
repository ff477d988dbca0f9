import Interlock
import InterlockCommandLine
import InterlockModems
import InterlockSystem

/// A board with the modem firmware behind TCP.
struct NetworkBoard: Sendable {
  let board: EmulatedBoard
  let listener: SocketListener

  init(_ number: UInt8, on air: EmulatedAir) throws {
    board = EmulatedBoard(
      EmulatedKISSModem(
        publicKey: Array(repeating: number, count: 32), deviceName: "board \(number)",
        seed: UInt64(number)),
      air: air, clock: SystemClock())
    listener = try SocketListener(loopbackPort: 0)
  }

  var address: String { "127.0.0.1:\(listener.port)" }

  /// Serves it to whoever connects, one after the other.
  func serve() async throws {
    while true {
      let stream = try await listener.accept()
      // The other side hangs up when it likes.
      try? await board.serve(stream)
    }
  }
}
