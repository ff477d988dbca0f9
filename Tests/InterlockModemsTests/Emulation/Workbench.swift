import Interlock
import InterlockModems
import InterlockRadio
import TestSupport

/// A host with one modem driver, and places into which boards are plugged, on one clock and air.
final class Workbench: ByteLinkSource {
  private struct State {
    var places: [(candidate: LinkCandidate, board: EmulatedBoard?)]
    var arrivals: [(EmulatedBoard, MemoryLink)] = []
    var links: [String: MemoryLink] = [:]
    var opened = 0
  }

  static let settings = ModemSettings(
    lora: LoRaSettings(
      frequencyHz: 868_000_000, bandwidthHz: 125_000, spreadingFactor: 9, codingRateDenominator: 6),
    transmitPowerDBm: 14)

  let clock: any MonotonicClock
  let air = EmulatedAir()
  private let state: Guarded<State>
  private let arrivalBell = Doorbell()

  init(
    places: [LinkCandidate] = [LinkCandidate("port 0", isCertain: true)],
    clock: any MonotonicClock = Stopwatch()
  ) {
    state = Guarded(State(places: places.map { ($0, nil) }))
    self.clock = clock
  }

  func board(_ number: UInt8) -> EmulatedBoard {
    let modem = EmulatedKISSModem(
      publicKey: Array(repeating: number, count: 32), deviceName: "board \(number)",
      seed: UInt64(number))
    return EmulatedBoard(modem, air: air, clock: clock)
  }

  func driver(
    seed: UInt64 = 1, options: MeshCoreModemOptions = MeshCoreModemOptions()
  ) -> ModemDriver<MeshCoreModemMachine> {
    ModemDriver(
      machine: MeshCoreModemMachine(settings: Self.settings, options: options), source: self,
      clock: clock, seed: seed)
  }

  func plug(_ board: EmulatedBoard, at place: Int = 0) {
    state.withLock { $0.places[place].board = board }
  }

  func unplug(_ place: Int = 0) {
    let link = state.withLock { state in
      state.places[place].board = nil
      return state.links.removeValue(forKey: state.places[place].candidate.place)
    }
    link?.close()
  }

  /// How often a link was opened.
  var opened: Int { state.withLock { $0.opened } }

  func candidates(isKeyKnown: Bool) async -> [LinkCandidate] {
    state.withLock { $0.places.map(\.candidate).filter { isKeyKnown || $0.isCertain } }
  }

  func open(_ candidate: LinkCandidate) async throws -> any ByteLink {
    let host: MemoryLink? = state.withLock { state in
      let place = state.places.first { $0.candidate == candidate }
      guard let board = place?.board else { return nil }
      let (host, device) = MemoryLink.pair(candidate.place)
      state.links[candidate.place] = device
      state.arrivals.append((board, device))
      state.opened += 1
      return host
    }
    guard let host else { throw ModemTestError.nothingPlugged(candidate.place) }
    arrivalBell.ring()
    return host
  }

  /// Runs boards and driver while `body` does.
  func run<Machine: ModemMachine>(
    _ driver: ModemDriver<Machine>, _ body: @Sendable (Recorder) async throws -> Void
  ) async throws {
    let recorder = Recorder()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await driver.run { await recorder.record($0) } }
      group.addTask { try await self.serve() }
      try await body(recorder)
      group.cancelAll()
      while let result = await group.nextResult() {
        if case .failure(let error) = result, !(error is CancellationError) { throw error }
      }
    }
  }

  private func serve() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      while true {
        arrivalBell.hush()
        let arrivals = state.withLock { state in
          defer { state.arrivals = [] }
          return state.arrivals
        }
        for (board, link) in arrivals {
          // A link that breaks is what these tests are about.
          group.addTask { try? await board.serve(link) }
        }
        if arrivals.isEmpty, case .cancelled = await arrivalBell.wait() {
          throw CancellationError()
        }
      }
    }
  }
}

/// What a driver reported, in order, and a way to wait for more.
final class Recorder: Sendable {
  private let events = Guarded<[ModemEvent]>([])
  private let bell = Doorbell()

  var all: [ModemEvent] { events.withLock { $0 } }
  var frames: [ReceivedFrame] {
    all.compactMap { if case .received(let frame) = $0 { frame } else { nil } }
  }

  func record(_ event: ModemEvent) async {
    events.withLock { $0.append(event) }
    bell.ring()
  }

  /// Waits until `condition` holds for what was reported so far.
  func until(_ condition: ([ModemEvent]) -> Bool) async throws {
    while true {
      bell.hush()
      if condition(all) { return }
      if case .cancelled = await bell.wait() { throw CancellationError() }
    }
  }

  func untilConnected(times: Int = 1) async throws {
    try await until { events in
      events.filter { if case .connected = $0 { true } else { false } }.count >= times
    }
  }
}
