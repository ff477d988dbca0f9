internal import Interlock
internal import InterlockCommandLine
internal import InterlockFileLocks
internal import InterlockLocks
internal import InterlockNode

/// How far a command has moved from the lock files of older programs to our locks.
enum RolloutOptions {
  private static let rollout = Option<RolloutMode>(
    name: "--rollout", placeholder: words.joined(separator: "|"),
    meaning: "what is taken: GivTCP's lock file, that and our lock, or our lock; without it as "
      + "\(RolloutChoice.variable) says, or locks.rollout of the configuration, or bridge where a folder is known"
  ) { text throws(OptionProblem) in
    guard let mode = RolloutMode(rawValue: text) else {
      throw OptionProblem(expected: "must be one of \(words.joined(separator: ", "))")
    }
    return mode
  }
  private static let bridge = Option<String>(
    name: "--bridge", placeholder: "DIR",
    meaning: "the folder of GivTCP's .lockfile; without it locks.legacyFolder of the configuration"
  ) { text throws(OptionProblem) in
    guard !text.isEmpty else { throw OptionProblem(expected: "must be a folder") }
    return text
  }
  private static let config = Option.text(
    "--config", "FILE", "a configuration that has locks.rollout and locks.legacyFolder")

  private static let words = RolloutMode.allCases.map(\.rawValue)

  static let all = [rollout.optional, bridge.optional, config.optional]

  static let details = """
    Among programs that know only GivTCP's lock file, --bridge says where it is. Then the file is made after the lock is taken \
    and removed before it is given back; one that is there is waited for until the timeout, and one older than two minutes that no \
    process here has open is removed. With --rollout legacy only the file is taken: there is no order, the fence is only \
    this machine's time, and a crash leaves the file behind. With --rollout native only our lock is: older programs are not kept \
    out. A program that looks for the file first and makes it afterwards can slip in between: only when all of them use locks \
    does nobody.
    """

  /// The mode that was decided, and the files that go with it; none where no folder is known.
  ///
  /// - Throws: `CommandFailure` when something says what is no mode, or the mode needs a folder.
  static func read(
    _ arguments: Arguments, _ console: Console
  ) throws -> (mode: RolloutMode, files: LegacyLockFiles?) {
    let section =
      try arguments[config].map { try ConfigurationSource(path: $0).read().locks } ?? LocksSection()
    let folder = try arguments[bridge] ?? section.legacyFolder
    let option = try arguments[rollout]
    let choice: RolloutChoice
    do throws(RolloutChoice.Problem) {
      choice = try RolloutChoice(
        option: option, configuration: section.rollout,
        standard: folder == nil ? .native : .bridge)
    } catch {
      throw CommandFailure(.usage, "\(error)", error.remedy)
    }
    guard let folder else {
      guard choice.mode == .native else {
        throw CommandFailure(
          .usage,
          "\(choice.source.name) asks for \(choice.mode.rawValue), and nothing says where GivTCP's lock file is",
          "give \(bridge.name) DIR, or \(rollout.name) native for a lock that no older program takes"
        )
      }
      return (choice.mode, nil)
    }
    let files = LegacyLockFiles(in: folder, form: { _ in .inverter }) { console.warn($0) }
    return (choice.mode, files)
  }
}

extension RolloutChoice.Source {
  /// What said so, for whoever has to change it.
  fileprivate var name: String {
    switch self {
    case .option: "--rollout"
    case .environment: RolloutChoice.variable
    case .configuration: "locks.rollout"
    case .standard: "the default"
    }
  }
}

extension Console {
  /// Tells what has become of a lock file.
  fileprivate func warn(_ notice: BridgeLockFile.Notice) {
    switch notice {
    case .removedStale(let path, let age):
      warn(
        "\(path) was \(age.inSeconds)s old and nobody had it open; it was removed",
        "look whether the program that made it still runs")
    case .taken(let path):
      warn(
        "somebody removed or replaced \(path) while it was held",
        "another program may have been inside too")
    case .left(let path, let cause):
      warn("\(path) could not be removed: \(cause)", "remove it; it keeps others out")
    }
  }
}
