import Interlock
import InterlockLabTesting
import InterlockModems
import InterlockRadio
import TestSupport
import Testing

@Suite(.ownThread, .timeLimit(.minutes(10))) struct LinkClosingTests {
  @Test(.explored(.many(50))) func `what is written last before a link is closed still leaves`()
    async throws
  {
    let source = KeptLinks()
    var options = KISSTNCOptions()
    options.startsWithTextCommands = true
    let driver = ModemDriver(
      machine: KISSTNCMachine(settings: Workbench.settings, options: options), source: source,
      clock: Stopwatch(), seed: 1)
    let recorder = Recorder()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await driver.run { await recorder.record($0) } }
      try await recorder.untilConnected()
      try await driver.apply(Workbench.settings)
      var written: [UInt8] = []
      while let bytes = try await source.first?.read(upTo: 100), !bytes.isEmpty {
        written += bytes
      }
      #expect(written.suffix(3) == KISSFrame.leaveKISSMode.encoded()[...])
      try await recorder.untilConnected(times: 2)
      group.cancelAll()
      // The driver ends with its task.
      while await group.nextResult() != nil {}
    }
  }
}

/// Opens links whose other ends are kept.
private final class KeptLinks: ByteLinkSource {
  private let devices = Guarded<[MemoryLink]>([])
  var first: MemoryLink? { devices.withLock { $0.first } }

  func candidates(isKeyKnown: Bool) async -> [LinkCandidate] {
    [LinkCandidate("line", isCertain: true)]
  }

  func open(_ candidate: LinkCandidate) async throws -> any ByteLink {
    let (host, device) = MemoryLink.pair(candidate.place)
    devices.withLock { $0.append(device) }
    return host
  }
}
