import Interlock

// README.md shows what is between the marks; ReadmeTests holds it to this file, so it compiles and
// does what the README says.

protocol Transmitter: Sendable {
  func transmit(_ frame: [UInt8]) async
}

// README begin
actor Careless {
  var spent = Duration.zero
  let allowance = Duration.milliseconds(150)

  func send(_ frame: [UInt8], _ airtime: Duration, on radio: any Transmitter) async {
    guard spent + airtime <= allowance else { return }  // the check …
    await radio.transmit(frame)  // … an await, during which others check too …
    spent += airtime  // … the use: all of them have sent
  }
}

struct Careful: Sendable {
  let radio: AsyncMutex<RollingBudget>  // one at a time, first come first served
  let clock: any MonotonicClock

  func send(_ frame: [UInt8], _ airtime: Duration, on device: any Transmitter) async throws {
    try await radio.withLock { budget in
      // Checked and debited in one step.
      guard case .granted(let id) = budget.reserve(airtime, at: clock.now) else { return }
      let start = clock.now
      await device.transmit(frame)
      budget.settle(id, as: .sent(start: start, end: clock.now))
    }
  }
}
// README end
