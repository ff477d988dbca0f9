import Foundation
import InterlockModems
import InterlockSystem
import TestSupport
import Testing

@Suite(.ownThread, .timeLimit(.minutes(10))) struct SerialLinkSourceTests {
  @Test func `an exchanged adapter is opened where nothing else tells devices apart`()
    async throws
  {
    let root = NSTemporaryDirectory() + "interlock-\(UUID().uuidString)"
    let (devices, identifiers) = (root + "/dev", root + "/by-id")
    for folder in [devices, identifiers] { try Folder.make(folder) }
    defer { try? FileManager.default.removeItem(atPath: root) }
    let files = FileManager.default
    let (old, new) = (try PseudoTerminal(), try PseudoTerminal())
    let path = devices + "/ttyUSB0"
    func plug(_ line: PseudoTerminal, serialNumber: String) throws {
      try files.createSymbolicLink(atPath: path, withDestinationPath: line.slavePath)
      try files.createSymbolicLink(
        atPath: identifiers + "/" + serialNumber, withDestinationPath: path)
    }
    let source = SerialLinkSource(
      path: path, bitsPerSecond: 9600,
      directory: SerialPortDirectory(devices: devices, identifiers: identifiers))

    try plug(old, serialNumber: "A")
    let configured = LinkCandidate(path, isCertain: true)
    #expect(await source.candidates(isKeyKnown: false) == [configured])
    try await source.open(configured).close()
    let remembered = LinkCandidate(identifiers + "/A", isCertain: true)
    #expect(await source.candidates(isKeyKnown: false) == [remembered])

    for link in [path, identifiers + "/A"] { try files.removeItem(atPath: link) }
    try plug(new, serialNumber: "B")
    #expect(await source.candidates(isKeyKnown: false) == [configured])
    #expect(await source.candidates(isKeyKnown: true) == [LinkCandidate(path, isCertain: false)])
    try await source.open(configured).close()
    #expect(
      await source.candidates(isKeyKnown: true).first
        == LinkCandidate(identifiers + "/B", isCertain: true))
  }
}
