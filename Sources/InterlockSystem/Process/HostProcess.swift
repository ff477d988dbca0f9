internal import Glibc

/// What names this machine, its present run, and the processes on it.
package enum HostProcess {
  /// The machine's name.
  package static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// What names the machine's run since it was last started; empty when the kernel does not say.
  package static var bootID: String {
    text(of: "/proc/sys/kernel/random/boot_id").map { String($0.prefix { $0 != "\n" }) } ?? ""
  }

  /// The number of this process.
  package static var number: Int32 { getpid() }

  /// The name of this process's program, as the kernel keeps it.
  package static var command: String {
    text(of: "/proc/self/comm").map { String($0.prefix { $0 != "\n" }) } ?? ""
  }

  /// When a process started, in ticks since the machine did: with its number, it names one process of a run.
  ///
  /// - Returns: the ticks; nil when there is no such process, or only its end is left to be collected.
  package static func start(of process: Int32) -> UInt64? {
    guard let text = text(of: "/proc/\(process)/stat"), let name = text.lastIndex(of: ")") else {
      return nil
    }
    // Field 3, the state, follows the name, which may itself hold anything; field 22 is the start.
    let fields = text[text.index(after: name)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return UInt64(fields[19])
  }

  private static func text(of path: String) -> String? {
    // What the kernel does not offer is not there to be told.
    guard let bytes = try? FileContents.read(path, atMost: 65_536) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
