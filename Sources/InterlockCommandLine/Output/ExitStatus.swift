/// How the program ends, for scripts to decide on.
///
/// *Source:* the values from 64 on follow `sysexits.h` where it has the same meaning.
package struct ExitStatus: RawRepresentable, Sendable, Hashable, CaseIterable {
  package let rawValue: Int32

  /// A status; one that is none of those below is the status of a program that was run.
  package init(rawValue: Int32) { self.rawValue = rawValue }

  package static let done = ExitStatus(rawValue: 0)
  package static let failed = ExitStatus(rawValue: 1)
  package static let usage = ExitStatus(rawValue: 64)
  package static let badInput = ExitStatus(rawValue: 65)
  package static let unreachable = ExitStatus(rawValue: 69)
  package static let otherConfiguration = ExitStatus(rawValue: 73)
  package static let notInTime = ExitStatus(rawValue: 75)
  package static let leaseLost = ExitStatus(rawValue: 76)
  package static let notPermitted = ExitStatus(rawValue: 77)
  package static let deadlockVictim = ExitStatus(rawValue: 78)
  package static let notRunnable = ExitStatus(rawValue: 126)
  package static let notFound = ExitStatus(rawValue: 127)

  /// Those that mean something of their own.
  package static let allCases: [ExitStatus] = [
    .done, .failed, .usage, .badInput, .unreachable, .otherConfiguration, .notInTime, .leaseLost,
    .notPermitted, .deadlockVictim, .notRunnable, .notFound,
  ]

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
    case .notRunnable: "the program to run cannot be run"
    case .notFound: "the program to run is not there"
    default: "that of the program that was run"
    }
  }
}
