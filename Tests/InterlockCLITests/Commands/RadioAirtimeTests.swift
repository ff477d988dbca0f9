import InterlockCommandLine
import InterlockWire
import Testing

@testable import InterlockCLI

@Suite struct RadioAirtimeTests {
  private func json(_ words: String...) async throws -> JSONValue {
    let captured = CapturedConsole()
    let status = await InterlockProgram.program.run(
      ["radio", "airtime"] + words + ["--json"], console: captured.console)
    #expect(status == .done, "\(captured.errors)")
    return try JSONValue(parsing: captured.output)
  }

  // Worked values of the radio specification, section 3.2.
  @Test(arguments: [
    (50, 7, "62.5", 5, 32, 244_224), (50, 7, "62500", 5, 32, 244_224),
    (255, 11, "250", 5, 16, 2_156_544), (20, 12, "250", 5, 16, 790_528),
    (10, 5, "125", 5, 12, 13_120), (30, 8, "125", 1, 8, 123_392),
  ])
  func `time on air is that of the data sheet`(
    bytes: Int, sf: Int, bw: String, cr: Int, preamble: Int, microseconds: Int
  ) async throws {
    let answer = try await json(
      "--bytes", "\(bytes)", "--sf", "\(sf)", "--bw", bw, "--cr", "\(cr)", "--preamble",
      "\(preamble)")
    #expect(answer["airtime_us"]?.number?.exactly(Int.self) == microseconds)
  }

  @Test func `a preset brings its values, and options replace them`() async throws {
    let preset = try await json("--preset", "usa/canada", "--bytes", "2")
    #expect(preset["frequency_hz"] == 910_525_000)
    #expect(preset["spreading_factor"] == 7)
    let replaced = try await json("--preset", "usa/canada", "--sf", "9", "--bytes", "2")
    #expect(replaced["frequency_hz"] == 910_525_000)
    #expect(replaced["preamble_symbols"] == 16)
  }

  @Test func `the sub-band tells how many such frames an hour holds`() async throws {
    let narrow = try await json("--bytes", "50", "--sf", "7", "--bw", "62.5", "--cr", "5")
    #expect(narrow["allowance"]?["allowance_ms"] == 360_000)
    #expect(narrow["allowance"]?["frames_per_hour"] == 1474)
    let elsewhere = try await json("--preset", "usa/canada", "--bytes", "50")
    #expect(elsewhere["allowance"]?["sub_band"] == .null)
  }

  @Test(arguments: [
    ["--bytes", "256"], ["--bytes", "0"], [], ["--bytes", "5", "--sf", "13"],
    ["--bytes", "5", "--bw", "2000"], ["--bytes", "5", "--bw", "100"],
    ["--bytes", "5", "--bw", "nan"],
    ["--bytes", "5", "--preset", "Atlantis"], ["--bytes", "5", "extra"],
  ])
  func `what no radio can do is wrong usage`(words: [String]) async {
    let captured = CapturedConsole()
    #expect(
      await InterlockProgram.program.run(["radio", "airtime"] + words, console: captured.console)
        == .usage)
    #expect(captured.errors.hasPrefix("interlock: "))
    #expect(captured.output == "")
  }
}
