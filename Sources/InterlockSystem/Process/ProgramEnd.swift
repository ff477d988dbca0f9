/// How a program ended.
package enum ProgramEnd: Sendable, Hashable {
  /// By itself, with this status.
  case exited(Int32)
  /// By a signal.
  case killed(Int32)

  /// What `waitpid` says of one that has ended.
  init(waitStatus status: Int32) {
    let signal = status & 0x7f
    self = signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal)
  }

  /// As shells tell it: 128 + n when signal n ended it.
  package var status: Int32 {
    switch self {
    case .exited(let status): status
    case .killed(let signal): 128 + signal
    }
  }
}
