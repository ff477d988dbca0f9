/// How the program ends, for scripts to decide on.
///
/// *Source:* the values from 64 on follow `sysexits.h` where it has the same meaning.
package enum ExitStatus: Int32, Sendable, Hashable, CaseIterable {
  case done = 0
  case failed = 1
  case usage = 64
  case badInput = 65
  case unreachable = 69
  case otherConfiguration = 73
  case notInTime = 75
  case leaseLost = 76
  case notPermitted = 77
  case deadlockVictim = 78

  /// What the status tells, as the help text prints it.
  package var meaning: String {
    switch self {
    case .done: "done"
    case .failed: "the work failed: a mismatch, a race that was found, a refused write"
    case .usage: "wrong usage"
    case .badInput: "a bad name or bad input"
    case .unreachable: "the backend or device cannot be reached"
    case .otherConfiguration: "a key of the wrong type, or another configuration"
    case .notInTime: "not obtained in time"
    case .leaseLost: "the lease was lost while the child ran"
    case .notPermitted: "permission denied or read-only"
    case .deadlockVictim: "deadlock victim"
    }
  }
}
