public import Interlock
internal import InterlockRadio

/// A simulated world on a clock: modems attached to it send and hear in step with that clock.
///
/// With the machine's clock it runs in real time, next to real code; with a virtual one it is as fast
/// as the code on it, and repeatable.
///
/// *Cancellation:* cancelling the task of `run()` ends the world's time: transmissions under way end
/// as unknown, later ones are refused.
public final class LiveAir: Sendable {
  let clock: any MonotonicClock
  private let state: Guarded<LiveState>

  /// Makes a live air of radios that nobody but attached modems drives.
  public convenience init(_ air: AirMachine, clock: any MonotonicClock) {
    self.init(world: air, clock: clock)
  }

  init(
    world: any AirWorld, clock: any MonotonicClock,
    onHappening: (@Sendable (MeshHappening) -> Void)? = nil
  ) {
    self.clock = clock
    state = Guarded(LiveState(world: world, observer: onHappening))
  }

  /// Adds a radio and gives the modem that drives it.
  ///
  /// - Parameters:
  ///   - radio: where it stands and how it is tuned at first.
  ///   - device: what it calls itself; nil: its number.
  ///   - faults: what it will do wrong.
  /// - Returns: the modem.
  public func attach(
    _ radio: Radio, device: String? = nil, faults: ModemFaults = ModemFaults()
  ) -> SimulatedModem {
    attach(radio, relaysAs: nil, device: device, faults: faults)
  }

  /// The same, for a radio over which paths may go; they name it `hop`.
  func attach(
    _ radio: Radio, relaysAs hop: UInt8?, device: String?, faults: ModemFaults
  ) -> SimulatedModem {
    let id = step { $0.attach(radio, relaysAs: hop, device: device, faults: faults) }
    return SimulatedModem(radio: id, air: self)
  }

  /// Lets time pass until the task is cancelled.
  ///
  /// Only one task may run an air at a time.
  ///
  /// - Throws: `CancellationError` when it is.
  public func run() async throws {
    // One ring is enough however many asked: the loop looks at everything when it wakes.
    let (rings, bell) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    step { $0.start(bell) }
    defer { perform { $0.stop() } }
    bell.yield()
    await withDiscardingTaskGroup { group in
      // A sleeper that an earlier one overtook rings for nothing, which does no harm.
      var sleepingUntil = Instant.distantFuture
      for await _ in rings {
        let now = clock.now
        if sleepingUntil <= now { sleepingUntil = .distantFuture }
        let (effects, next) = state.withLock { $0.step(at: now) }
        for effect in effects { effect.perform() }
        guard let next, next < sleepingUntil else { continue }
        sleepingUntil = next
        group.addTask { [clock] in
          // Cancellation ends the loop above as well; nothing is lost with it.
          try? await clock.sleep(until: next)
          bell.yield()
        }
      }
      group.cancelAll()
    }
    throw CancellationError()
  }

  /// One step on the state, alone.
  func step<Result: Sendable, Failure: Error>(
    _ body: (inout LiveState) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try state.withLock { (state: inout sending LiveState) throws(Failure) -> Result in
      try body(&state)
    }
  }

  /// One step on the state, and what is to be done after it.
  func perform<Failure: Error>(
    _ body: (inout LiveState) throws(Failure) -> [LiveState.Effect]
  ) throws(Failure) {
    for effect in try step(body) { effect.perform() }
  }
}
