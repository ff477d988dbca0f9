internal import Glibc

/// What names one process of this machine for ever: its number is used again, but not with the same start.
package struct ProcessIdentity: Sendable, Hashable {
  /// Its number.
  package var number: Int32
  /// When it started, in ticks since the machine did.
  package var start: UInt64
  /// The name of its program, at most 15 bytes.
  package var command: String

  /// A process, as the kernel tells of it; nil when there is none of that number.
  ///
  /// One that has ended, and only waits for its end to be noticed, is none. So is one that is about to end: from then on
  /// it runs nothing of its own.
  package init?(of process: Int32) {
    guard let text = Self.text("/proc/\(process)/stat") else { return nil }
    self.init(process, stat: text)
  }

  /// Reads the kernel's line about a process; the command in it may hold anything.
  init?(_ process: Int32, stat text: String) {
    guard let first = text.firstIndex(of: "("), let last = text.lastIndex(of: ")"), first < last
    else { return nil }
    let fields = text[text.index(after: last)...].split(separator: " ")
    // State is the third field, the flags are the ninth, the start is the twenty-second.
    guard fields.count >= 20, let flags = UInt64(fields[6]), let start = UInt64(fields[19]),
      fields[0] != "Z", fields[0] != "X", flags & Self.isExiting == 0
    else { return nil }
    number = process
    self.start = start
    command = String(text[text.index(after: first)..<last])
  }

  /// PF_EXITING of the kernel.
  private static let isExiting: UInt64 = 4

  /// This process; without a start where the kernel does not tell.
  package static var current: ProcessIdentity {
    ProcessIdentity(of: getpid()) ?? ProcessIdentity(number: getpid(), start: 0, command: "")
  }

  private init(number: Int32, start: UInt64, command: String) {
    self.number = number
    self.start = start
    self.command = command
  }

  /// Whether a process of that number and start runs here; of any start for 0.
  package static func isAlive(_ number: Int32, start: UInt64) -> Bool {
    guard let found = ProcessIdentity(of: number) else { return false }
    return start == 0 || found.start == start
  }

  private static func text(_ path: String) -> String? {
    guard let bytes = try? FileContents.read(path, atMost: 1 << 16) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// The machine this runs on.
package enum Machine {
  /// What it is called.
  package static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// What tells this start of it from every other; 32 digits, empty where the kernel does not tell.
  package static var boot: String {
    guard let bytes = try? FileContents.read("/proc/sys/kernel/random/boot_id", atMost: 64) else {
      return ""
    }
    return String(decoding: bytes, as: UTF8.self).filter(\.isHexDigit)
  }
}
