import Foundation
import Glibc
import InterlockWire
import TestSupport
import Testing

/// The lab's command as a process among others: signals, pipes, terminals.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct LabProcessTests {
  /// More schedules than anybody waits for.
  private static let endless = [
    "lab", "run", "lock.singleton", "--schedules", "1000000000", "--progress",
  ]

  @Test func `progress is told line by line where nobody watches, and TERM ends it`() async throws {
    let program = try RunningProgram(Self.endless)
    let line = try await program.line("lock.singleton: ")
    #expect(line.hasSuffix(" a second"))
    #expect(!line.contains("\r") && !line.contains("\u{1B}"))
    program.send(SIGTERM)
    #expect(try await program.status() == SIGTERM)
  }

  @Test func `its processes end with it, though nobody tells them`() async throws {
    let input = Pipe()
    let program = try RunningProgram(Self.endless + ["--jobs", "2"], input: input)
    try input.fileHandleForReading.close()
    try await program.line("lock.singleton: ")
    #expect(try program.children().count == 2)
    program.send(SIGKILL)
    _ = try await program.status()
    // They share its input: when nobody is left who could read it, they have ended.
    var entry = pollfd(
      fd: input.fileHandleForWriting.fileDescriptor, events: 0, revents: 0)
    let patience = Int32(RunningProgram.patience.components.seconds * 1000)
    #expect(poll(&entry, 1, patience) == 1)
  }

  @Test func `a process of it that is killed is told, and ends it`() async throws {
    let program = try RunningProgram(Self.endless + ["--jobs", "2"])
    try await program.line("lock.singleton: ")
    kill(try #require(program.children().first), SIGKILL)
    #expect(try await program.status() == 1)
    try await program.line("a process of the exploration was ended by signal 9")
  }

  @Test func `on a terminal progress is written over itself, and nothing of it stays`() throws {
    let words = Self.endless.map { $0 == "1000000000" ? "20000" : $0 }.dropLast()
    let command = ([Program.path.path()] + words).joined(separator: " ")
    let result = try Program.run(
      ["-qec", command, "/dev/null"], executable: URL(filePath: "/usr/bin/script"))
    #expect(result.status == 0, "\(result)")
    let last = result.output.split(separator: "\r").last { $0.contains("passed") }
    #expect(last?.hasPrefix("\u{1B}[K") == true, "\(result.output.debugDescription)")
  }

  @Test func `a race that was found is one, though nobody reads on`() throws {
    for words in [
      ["run", "lock.singleton", "--unguarded"], ["replay", "lab1/lock.singleton.unguarded//1:2"],
    ] {
      let ended = try Program.run(
        ["lab"] + words, after: "exec 4> >(:); wait $!", redirection: ">&4")
      #expect(ended.status == 1 && ended.errors == "", "\(ended)")
    }
  }

  @Test func `without interlock-lab it says where it was looked for`() throws {
    let folder = Program.path.deletingLastPathComponent().appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer {
      // Best effort: it is in the folder of the build.
      try? FileManager.default.removeItem(at: folder)
    }
    let alone = folder.appending(path: "interlock")
    try FileManager.default.linkItem(at: Program.path, to: alone)
    let ended = try Program.run(
      ["-c", "PATH=/nonexistent exec \(alone.path()) lab list"],
      executable: URL(filePath: "/bin/sh"))
    #expect(ended.status == 69, "\(ended)")
    #expect(
      ended.errors == "interlock: interlock-lab is neither beside this program nor in PATH; "
        + "build it: swift build --product interlock-lab\n")
  }

  @Test func `as much fails in several processes as in one`() throws {
    let counts = try [[], ["--isolate"], ["--jobs", "2"]].map { words in
      let result = try Program.run(
        [
          "lab", "run", "lock.singleton", "--unguarded", "--keep-going", "--json", "--strategy",
          "random", "--schedules", "3000",
        ] + words)
      #expect(result.status == 1, "\(result)")
      let object = try JSONValue(parsing: Array(result.output.utf8))
      #expect(object["schedules"]?.number?.exactly(Int.self) == 3000)
      return object["failures"]?.number?.exactly(Int.self) ?? 0
    }
    // The same seeds make the same schedules, however they are divided.
    #expect(counts[0] > 1000 && Set(counts).count == 1, "\(counts)")
  }

  @Test func `faults that are asked for are in the string, and it repeats them`() throws {
    let found = try Program.run(
      "lab", "run", "shape.semaphore-permit", "--faults", "cancel", "--json", "--unguarded")
    let schedule = try #require(JSONValue(parsing: Array(found.output.utf8))["replay"]?.string)
    #expect(try Program.run("lab", "replay", schedule).status == 1)
  }
}
