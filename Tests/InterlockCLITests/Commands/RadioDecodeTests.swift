import InterlockCommandLine
import InterlockWire
import Testing

@testable import InterlockCLI

@Suite struct RadioDecodeTests {
  private func decode(_ hex: String) async throws -> JSONValue {
    let captured = CapturedConsole()
    #expect(await captured.run("radio", "decode", hex, "--json") == .done, "\(captured.errors)")
    return try JSONValue(parsing: captured.output)
  }

  @Test func `an acknowledgement shows its checksum and extras`() async throws {
    let ack = try await decode("0e00112233445566")
    #expect(ack["type"] == "ACK")
    #expect(ack["route"] == "direct")
    #expect(ack["payload"]?["checksum"] == "11223344")
    #expect(ack["payload"]?["attempt"] == 0x55)
  }

  @Test func `a trace shows signals as signals and who is next`() async throws {
    let trace = try await decode("260201fc" + "04000000" + "12345678" + "01" + "aabbccddeeff")
    #expect(trace["signals_db"] == [0.25, -1.0])
    #expect(trace["path"] == nil)
    #expect(trace["payload"]?["nodes"] == ["aabb", "ccdd", "eeff"])
    #expect(trace["payload"]?["next"] == "eeff")
    let ended = try await decode("260201fc" + "04000000" + "12345678" + "00" + "aabb")
    #expect(ended["payload"]?["next"] == .null)
  }

  @Test func `discovery shows what is asked and answered`() async throws {
    let request = try await decode("2e00" + "81" + "04" + "0a0b0c0d" + "01000000")
    #expect(request["payload"]?["kind"] == "discovery_request")
    #expect(request["payload"]?["prefix_only"] == true)
    #expect(request["payload"]?["node_types"] == [2])
    #expect(request["payload"]?["since"] == 1)
    let response = try await decode("2e00" + "92" + "f8" + "0a0b0c0d" + "0102030405060708")
    #expect(response["payload"]?["request_snr_db"] == -2.0)
    #expect(response["payload"]?["public_key"] == "0102030405060708")
  }

  @Test func `a scoped flood shows its codes and the path it has passed`() async throws {
    let flood = try await decode("14" + "34120000" + "42" + "a1a2b1b2" + "0102030405")
    #expect(flood["transport_codes"] == [0x1234, 0])
    #expect(flood["hash_size"] == 2)
    #expect(flood["path"] == ["a1a2", "b1b2"])
  }

  @Test(arguments: [
    "d73da9c09e99c3abb60647d7619f0341b153f89ec7b18663a6a85207e0bcbc53",
    "1z2pwJ6Zw6u2BkfXYZ8DQbFT+J7HsYZjpqhSB+C8vFM=",
  ])
  func `a channel's key opens its messages, in hexadecimal and in base64`(key: String) async throws
  {
    // The case e015 of the message vectors.
    let frame = "1540ea81e350b929c1b9ea6a0085f926af4cbeef0e15edfe2202841345a81b16f185debdfc"
    let captured = CapturedConsole()
    let status = await captured.run("radio", "decode", frame, "--json", "--channel-key", key)
    #expect(status == .done, "\(captured.errors)")
    let packet = try JSONValue(parsing: captured.output)
    #expect(packet["payload"]?["message"]?["text"] == "mesa: lantern relay ✓")
  }

  @Test func `a key that is none is refused and not repeated`() async {
    let captured = CapturedConsole()
    let key = "d73da9c09e99c3ab"
    #expect(await captured.run("radio", "decode", "0e00", "--channel-key", key) == .usage)
    #expect(captured.errors.contains("--channel-key does not suit"), "\(captured.errors)")
    #expect(captured.errors.contains("16 or 32 bytes in hexadecimal or base64"))
    #expect(!captured.errors.contains(key))
  }

  @Test func `what is too short for its type says so`() async throws {
    #expect(try await decode("0e001122")["note"] == "incomplete")
    #expect(try await decode("0e00")["note"] == "empty_payload")
  }

  @Test func `lines of standard input are read, blanks ignored, and a bad one named`() async {
    let captured = CapturedConsole(input: ["0e00 1122 3344", "", "nonsense"])
    #expect(await captured.run("radio", "decode", "--json") == .badInput)
    #expect(captured.output.contains(#""checksum":"11223344""#))
    #expect(captured.errors.contains("line 3: \"nonsense\" is not hexadecimal"))
  }

  @Test(arguments: [
    ("", "empty"), ("4e00aa", "unsupported_version"), ("0ec0aa", "reserved_hash_size"),
    ("0e05aabb", "truncated_path"), ("0e", "truncated_header"),
  ])
  func `a frame that is no packet is refused with its reason`(hex: String, reason: String) async {
    let captured = CapturedConsole()
    #expect(await captured.run("radio", "decode", hex) == .badInput)
    #expect(captured.errors.contains(reason), "\(captured.errors)")
  }
}
