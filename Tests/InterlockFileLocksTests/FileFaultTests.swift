import Foundation
import Interlock
import InterlockLocks
import InterlockSystem
import TestSupport
import Testing

@testable import InterlockFileLocks

/// locks.F15: what others do to the files.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct FileFaultTests {
  private let directory: TemporaryDirectory
  private let here: FileLockBackend
  private let there: FileLockBackend

  init() throws {
    directory = try TemporaryDirectory()
    here = try .another(directory)
    there = try .another(directory)
  }

  private var file: String { directory("x.lk") }

  private func patch(_ offset: UInt64, _ bytes: [UInt8]) throws {
    let handle = try #require(FileHandle(forUpdatingAtPath: file))
    try handle.seek(toOffset: offset)
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
  }

  @Test(arguments: ["removed", "replaced", "the whole folder"])
  func `locks.F15 when the file goes, holders are told and the lock goes on in another`(
    _ how: String
  ) throws {
    let (told, waiting) = (Told(), Told())
    let (token, fence) = try here.take("x", told)
    _ = try there.wait("x", waiting)
    switch how {
    case "removed": try FileManager.default.removeItem(atPath: file)
    case "replaced":
      try FileManager.default.moveItem(atPath: file, toPath: directory("old"))
      try Data().write(to: URL(fileURLWithPath: file))
    default: try FileManager.default.removeItem(atPath: directory.path)
    }
    #expect(try told.loss() == .backendReset)
    #expect(try waiting.grant().fence > fence)
    #expect(!here.release(token, of: "x"))
    #expect(try here.isRefused("x"))
  }

  @Test func `locks.F15 a file that is cut off is made whole, and keeps its holder`() throws {
    let (token, fence) = try here.take("x")
    let handle = try #require(FileHandle(forUpdatingAtPath: file))
    try handle.truncate(atOffset: 0)
    try handle.close()
    let told = Told()
    let waiting = try there.wait("x", told)
    #expect(here.release(token, of: "x"))
    #expect(try told.grant().fence > fence)
    there.release(waiting, of: "x")
    #expect(try here.take("x").fence > fence)
  }

  @Test func `locks.F15 a file that is cut off while it is idle does no harm`() async throws {
    let (token, fence) = try here.take("x")
    here.release(token, of: "x")
    let handle = try #require(FileHandle(forUpdatingAtPath: file))
    try handle.truncate(atOffset: 100)
    try handle.close()
    #expect(try await there.record(of: "x").isIdle)
    #expect(try await there.disagreements(about: "x").count == 1)
    #expect(try here.take("x").fence > fence)
  }

  @Test func `locks.F15 a counter that is set back does not give fences again, nor the lock twice`()
    throws
  {
    let (token, fence) = try here.take("x")
    try patch(UInt64(Layout.counterAt), [UInt8](repeating: 0, count: 8))
    #expect(try there.isRefused("x"))
    let told = Told()
    let waiting = try there.wait("x", told)
    here.release(token, of: "x")
    let next = try told.grant().fence
    #expect(next > fence)
    there.release(waiting, of: "x")
    try patch(UInt64(Layout.counterAt), [UInt8](repeating: 0, count: 8))
    let (again, third) = try here.take("x")
    #expect(third > next)
    here.release(again, of: "x")
    try patch(UInt64(Layout.counterAt), [UInt8](repeating: 0, count: 8))
    // One that has just come knows of nothing but the time.
    #expect(try FileLockBackend.another(directory).take("x").fence > third)
  }

  @Test func `locks.F15 after another start of the machine fences go on`() async throws {
    let (token, fence) = try here.take("x")
    here.release(token, of: "x")
    await here.close()
    // A power failure: the last bytes were lost.
    try patch(UInt64(Layout.counterAt), [UInt8](repeating: 0, count: 8))
    let later = try FileLockBackend.another(
      directory, boot: String(repeating: "0123456789abcdef", count: 2))
    let (held, next) = try later.take("x")
    #expect(next > fence)
    #expect(try await later.disagreements(about: "x") == [])
    #expect(try await there.disagreements(about: "x").count == 1, "two machines at once would show")
    later.release(held, of: "x")
  }

  @Test func `locks.F15 what is no lock's file is left as it is`() async throws {
    let text = Data(repeating: UInt8(ascii: "x"), count: 20_000)
    try text.write(to: URL(fileURLWithPath: file))
    guard case .wrongType? = here.failure("x") else {
      Issue.record("it was taken for a lock's file")
      return
    }
    await #expect(throws: LockError.self) { try await here.record(of: "x") }
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == text)
    try FileManager.default.createSymbolicLink(
      atPath: directory("link.lk"), withDestinationPath: file)
    guard case .wrongType? = here.failure("link") else {
      Issue.record("it followed a link")
      return
    }
    try FileManager.default.createDirectory(
      atPath: directory("folder.lk"), withIntermediateDirectories: false)
    guard case .wrongType? = here.failure("folder") else {
      Issue.record("it took a folder")
      return
    }
  }

  @Test func `locks.F15 a counter beyond every ticket is an error`() throws {
    here.release(try here.take("x").token, of: "x")
    try patch(UInt64(Layout.counterAt), [UInt8](repeating: 0xff, count: 8))
    guard case .unavailable(_, let cause)? = here.failure("x") else {
      Issue.record("it went on")
      return
    }
    #expect(cause.contains("2^53"))
    guard
      case .invalidOption? = #expect(
        throws: LockRefusal.self,
        performing: { try there.take("y", floor: Fence(1 << 53)) }
      ).flatMap({ if case .failed(let error) = $0 { error.reason } else { nil } })
    else {
      Issue.record("a fence beyond every ticket was taken")
      return
    }
  }

  @Test func `locks.F15 a file system that several machines have is refused unless allowed`() throws
  {
    #expect(FileSystemKind(0x6969).remoteName == "NFS")
    #expect(FileSystemKind(0x6573_5546).remoteName == "FUSE")
    #expect(FileSystemKind(0xef53).remoteName == nil, "ext4")
    let error = #expect(throws: LockError.self) {
      try LockDirectory(
        directory.path, isGroupShared: false, allowsRemote: false, remoteName: { _ in "NFS" })
    }
    #expect(error?.description.contains("NFS") == true)
    _ = try LockDirectory(
      directory.path, isGroupShared: false, allowsRemote: true, remoteName: { _ in "NFS" })
  }

  @Test(.enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm")))
  func `locks.F15 memory file systems hold locks`() throws {
    let path = "/dev/shm/interlock-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let backend = try FileLockBackend(directory: path)
    #expect(backend.title == "file://\(path)")
    let (token, _) = try backend.take("x")
    #expect(try backend.isRefused("x"))
    backend.release(token, of: "x")
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o700)
  }

  @Test func `locks.F13 a full disk is an error, and nothing is held`() throws {
    // A limit on the size of files is what a full disk is to whoever reserves room.
    let script = """
      ulimit -f 8; trap '' XFSZ; exec "\(Worker.program)" pairs "\(directory.path)" x 1
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = Pipe()
    process.environment = ["SWIFT_BACKTRACE": "enable=no"]
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus != 0)
    #expect(text.contains("reserve 16384 bytes"), "\(text)")
    #expect(try !here.isRefused("x"))
  }

  /// Root may do everything, so this runs as somebody else.
  @Test(
    .enabled(if: getuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")))
  func `locks.F15 what a user may not do is said, and nobody hangs`() throws {
    here.release(try here.take("x").token, of: "x")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.path)
    let copy = directory("worker")
    // By a process of its own: a file that this one writes, another test's new process may still have open.
    let copying = try Process.run(
      URL(fileURLWithPath: "/bin/cp"), arguments: [Worker.program, copy])
    copying.waitUntilExit()
    try #require(copying.terminationStatus == 0)
    for (name, mode) in [("x", 0o600), ("new", 0o600), ("x", 0o444)] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
      process.arguments = [
        "--reuid=65534", "--regid=65534", "--clear-groups", copy, "pairs", directory.path, name,
        "1",
      ]
      process.environment = ["SWIFT_BACKTRACE": "enable=no"]
      let errors = Pipe()
      process.standardError = errors
      process.standardOutput = Pipe()
      try process.run()
      let text = String(
        decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus != 0)
      #expect(text.contains("may not be taken: cannot open"), "\(name): \(text)")
    }
  }
}
