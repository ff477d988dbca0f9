import Foundation
import InterlockCommandLine
import TestSupport
import Testing

@testable import InterlockCLI

/// What the doctor says of a configuration, and what the node then does.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct DoctorTests {
  /// Places that cannot be, with the subject under which the doctor names them; FOLDER is the test's.
  private static let places = [
    ("log: {file: 'FOLDER/none/node.log'}", "log"),
    ("log: {file: 'FOLDER'}", "log"),
    ("control: {socket: 'FOLDER/none/socket'}", "control socket"),
    ("control: {socket: '/tmp/\(String(repeating: "x", count: 110))'}", "control socket"),
    ("control: {socket: 'FOLDER/node.json5'}", "control socket"),
    ("identity: {file: 'FOLDER/none/identity'}", "identity"),
  ]

  @Test(arguments: places)
  func `a place that cannot be is found by the doctor, and ends the node with 65`(
    members: String, subject: String
  ) async throws {
    let scratch = try Scratch()
    let configuration = try scratch.configure(
      members.replacingOccurrences(of: "FOLDER", with: scratch.path))
    let doctor = CapturedConsole()
    #expect(await doctor.run("doctor", "--config", configuration) == .failed)
    #expect(doctor.output.contains("problem  \(subject): cannot "), "\(doctor.output)")
    let node = try Program.run("node", "--config", configuration, "--for", "100ms")
    #expect(node.status == 65, "\(node)")
    #expect(node.errors.contains("interlock: cannot "), "\(node)")
    #expect(FileManager.default.fileExists(atPath: configuration), "the node removed a file")
  }

  @Test(arguments: [
    ("identity", "identity"), ("remote-settings.json", "remote settings"),
    ("access.list", "clients"),
  ])
  func `state that makes no sense is found by the doctor, and ends the node with 65`(
    file: String, subject: String
  ) async throws {
    let scratch = try Scratch()
    let configuration = try scratch.configure("")
    // A node that ran: its identity is there.
    #expect(try Program.run("node", "--config", configuration, "--for", "100ms").status == 0)
    #expect(await CapturedConsole().run("doctor", "--config", configuration) == .done)
    try scratch.write("garbage", to: "state/\(file)")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: scratch.file("state/\(file)"))
    let doctor = CapturedConsole()
    #expect(await doctor.run("doctor", "--config", configuration) == .failed)
    #expect(doctor.output.contains("problem  \(subject): "), "\(doctor.output)")
    #expect(!doctor.output.contains("ok       \(subject): "), "\(doctor.output)")
    #expect(try Program.run("node", "--config", configuration, "--for", "100ms").status == 65)
  }

  @Test(arguments: ["kiss_serial", "tnc_serial"])
  func `a serial modem that is not there is found by the doctor`(type: String) async throws {
    let scratch = try Scratch()
    let configuration = try scratch.configure(
      "modem: {type: '\(type)', device: '\(scratch.path)/none'}")
    let doctor = CapturedConsole()
    #expect(await doctor.run("doctor", "--config", configuration) == .failed)
    #expect(doctor.output.contains("problem  modem: "), "\(doctor.output)")
  }

  @Test func `a ledger in a folder that is not there is found by the doctor`() async throws {
    let scratch = try Scratch()
    try scratch.write(
      "{storage: {directory: '\(scratch.path)', ledgerFile: '\(scratch.path)/none/ledger'}}",
      to: "node.json5")
    let configuration = scratch.file("node.json5")
    let doctor = CapturedConsole()
    #expect(await doctor.run("doctor", "--config", configuration) == .failed)
    #expect(doctor.output.contains("problem  airtime ledger: "), "\(doctor.output)")
  }

  @Test func `places that can be are named, and nothing is made there`() async throws {
    let scratch = try Scratch()
    let configuration = try scratch.configure(
      "log: {file: '\(scratch.path)/node.log'}, control: {socket: '\(scratch.path)/socket'}")
    let doctor = CapturedConsole()
    _ = await doctor.run("doctor", "--config", configuration)
    #expect(doctor.output.contains("ok       log: \(scratch.path)/node.log"), "\(doctor.output)")
    #expect(doctor.output.contains("ok       control socket: \(scratch.path)/socket"))
    #expect(
      Set(try FileManager.default.contentsOfDirectory(atPath: scratch.path))
        == ["node.json5", "state"])
  }
}
