internal import Interlock
internal import InterlockFileLocks
internal import InterlockLocks

extension FuzzTarget {
  /// The files of a status board: reading never traps, and what was read survives being written.
  static let status = FuzzTarget(name: "status") { bytes in
    let content = LegacyFlagContent(parsing: bytes)
    precondition(LegacyFlagContent(parsing: content.bytes) == content, "a flag changed")
    let written = StatusTime(microseconds: Int64(bytes.count) * 59_000_000)
    let until = content.until(writtenAt: written, in: Clockwork())
    precondition(
      written < until && written.duration(to: until) <= .seconds(86_400), "a flag never ends")
    if let sidecar = try? StatusSidecar(parsing: bytes) {
      guard let again = try? StatusSidecar(parsing: sidecar.bytes) else {
        preconditionFailure("what was written cannot be read")
      }
      precondition(again == sidecar, "an entry changed")
    }
  }

  /// A clock that is set forward and back every day.
  private struct Clockwork: LocalCalendar {
    func offset(at seconds: Int64) -> Int64 { (seconds % 86_400).magnitude < 7200 ? 3600 : 0 }
  }
}
