/// Who holds a lock, or waits for it: a process, and what in it.
public struct LockOwner: Sendable, Hashable {
  /// The machine.
  public var host: String
  /// The number of the process; 0 when nobody knows.
  public var process: Int32
  /// When the process started, in the machine's own count: with the number, it names one process for ever.
  public var processStart: UInt64
  /// The command of the process; empty when nobody knows.
  public var command: String

  /// Names an owner.
  public init(host: String, process: Int32, processStart: UInt64 = 0, command: String = "") {
    self.host = host
    self.process = process
    self.processStart = processStart
    self.command = command
  }
}

extension LockOwner: CustomStringConvertible {
  /// `host:process`, and the command where it is known.
  public var description: String {
    let place = "\(host.escapedForDisplay):\(process)"
    return command.isEmpty ? place : "\(place) (\(command.escapedForDisplay))"
  }
}
