import Foundation
import Interlock
import InterlockLocks
import InterlockWire
import TestSupport

@testable import InterlockFileLocks

/// A machine whose clocks a test sets.
final class Bench: Sendable {
  struct State {
    var time = StatusTime(microseconds: 1_796_000_000_000_000)
    var uptime = Instant(nanoseconds: 1_000_000_000_000)
    var bootID = "run-1"
    var processes: [Int32: UInt64] = [:]
  }

  let state = Guarded(State())

  /// Both clocks go on.
  func pass(_ duration: Duration) {
    state.withLock {
      $0.time = $0.time.advanced(by: duration)
      $0.uptime = $0.uptime.advanced(by: duration)
    }
  }

  var now: StatusTime { state.withLock { $0.time } }

  var host: StatusHost {
    StatusHost(
      name: "h", bootID: state.withLock { $0.bootID }, time: { self.now },
      uptime: { self.state.withLock { $0.uptime } },
      start: { process in self.state.withLock { $0.processes[process] } },
      calendar: HourAhead())
  }

  struct HourAhead: LocalCalendar {
    func offset(at seconds: Int64) -> Int64 { 3600 }
  }
}

/// A board in a folder on a bench.
struct Board {
  let folder: String
  let backend: FileStatusBackend
  let board: StatusBoard

  init(_ folder: String, _ host: StatusHost, process: Int32 = 1, start: UInt64 = 7) {
    self.folder = folder
    backend = FileStatusBackend(directory: folder, clock: SystemClock(), host: host)
    board = StatusBoard(
      backend,
      session: LockSession(
        owner: LockOwner(host: "h", process: process, processStart: start),
        secret: UInt64.random(in: 0 ... .max)))
  }

  /// The files there are, but for the lock.
  var files: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        .filter { $0 != ".il-board.lock" }
    }
  }

  func text(_ file: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
  }

  /// Writes a file as if at a time.
  func write(_ text: String, to file: String, at time: StatusTime) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(file)"))
    let seconds = Double(time.microseconds) / 1_000_000
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: seconds)],
      ofItemAtPath: "\(folder)/\(file)")
  }
}
