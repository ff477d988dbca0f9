internal import Interlock

/// A Bluetooth stack that refuses a second connection attempt to an address while one is under way.
///
/// It stands for the stack of the machine behind a link's driver.
actor BluetoothStack {
  struct Log: Sendable {
    var connecting: Set<Int> = []
    var attempts = 0
    /// Attempts that were refused with "operation already in progress".
    var refused = 0
  }

  nonisolated let log = Watched(Log())

  /// Whether the adapter is on: a question that takes a turn.
  var isPowered: Bool {
    get async {
      await Task.yield()
      return true
    }
  }

  func connect(to address: Int) async throws {
    let isAccepted = log.change { log in
      log.attempts += 1
      guard log.connecting.insert(address).inserted else {
        log.refused += 1
        return false
      }
      return true
    }
    guard isAccepted else { return }
    defer { log.change { log in log.connecting = log.connecting.subtracting([address]) } }
    try await SystemClock().sleep(for: .milliseconds(500))
  }
}
