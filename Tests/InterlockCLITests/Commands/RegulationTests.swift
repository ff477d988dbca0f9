import InterlockCommandLine
import InterlockWire
import TestSupport
import Testing

@testable import InterlockCLI

@Suite struct RegulationTests {
  private static let tooStrong = "14 dBm is more than the 10 dBm allowed on 433.05–434.79 MHz"

  @Test func `node --check warns on standard error, and its output stays JSON`() async throws {
    let scratch = try Scratch()
    let file = try scratch.configure("radio: {preset: 'EU 433 long range'}")
    let captured = CapturedConsole()
    #expect(await captured.run("node", "--check", "--config", file) == .done)
    #expect(captured.errors.hasPrefix("interlock: warning: \(Self.tooStrong); change radio"))
    let shown = try JSONValue(parsing: Array(captured.output.utf8))
    #expect(shown["radio"]?["preset"] == "EU 433 long range")
  }

  @Test func `node --check says nothing of a channel and power within the rules`() async throws {
    let scratch = try Scratch()
    let captured = CapturedConsole()
    let file = try scratch.configure("")
    #expect(await captured.run("node", "--check", "--config", file) == .done)
    #expect(captured.errors == "")
  }

  @Test func `doctor notes a channel or power outside the rules`() async throws {
    let scratch = try Scratch()
    let captured = CapturedConsole()
    _ = await captured.run(
      "doctor", "--json", "--config", try scratch.configure("radio: {preset: 'EU 433 long range'}"))
    let findings = try captured.output.split(separator: "\n").map {
      try JSONValue(parsing: Array($0.utf8))
    }
    let radio = findings.filter { $0["subject"] == "radio" }
    #expect(radio.map { $0["finding"] } == [.string(Self.tooStrong)])
    #expect(radio.map { $0["state"] } == ["note"])
  }
}
