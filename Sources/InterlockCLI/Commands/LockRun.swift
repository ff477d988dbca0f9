internal import Interlock
internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockRedis
internal import InterlockSystem
internal import InterlockWire

/// `interlock lock run`: holds a lock while a program runs.
enum LockRun: Command {
  /// How long to wait for a lock.
  enum Limit: Sendable, Hashable {
    case none
    case within(Duration)
  }

  private static let timeout = Option<Limit>(
    name: "--timeout", placeholder: "D|none",
    meaning: "how long to wait for the lock; none: for ever"
  ) { text throws(OptionProblem) in
    if text == "none" { return .none }
    guard let value = Duration(notation: text) else {
      throw OptionProblem(expected: "must be a duration such as 250ms, 30s or 5m, or none")
    }
    return .within(value)
  }.defaulting(to: .within(.seconds(30)), shown: "30s")

  static let declaration = CommandDeclaration(
    path: ["lock", "run"], summary: "holds a lock while a program runs",
    details: LockRunOptions.details,
    operands: [LockArguments.name], program: LockRunOptions.program,
    options: [timeout.optional] + LockRunOptions.all, statuses: LockRunOptions.statuses,
    example: "lock run backup --timeout 5m -- rsync -a /srv /mnt")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let limit: Duration? =
      if case .within(let limit) = try arguments[timeout] { limit } else { nil }
    try await LockRunOptions.run(arguments, console, timeout: limit)
  }
}

/// `interlock lock try`: holds a lock while a program runs, if nobody has it.
enum LockTry: Command {
  static let declaration = CommandDeclaration(
    path: ["lock", "try"], summary: "holds a lock while a program runs, if it is free at once",
    details: LockRunOptions.details,
    operands: [LockArguments.name], program: LockRunOptions.program,
    options: LockRunOptions.all, statuses: LockRunOptions.statuses,
    example: "lock try backup -- rsync -a /srv /mnt")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    try await LockRunOptions.run(arguments, console, timeout: .zero)
  }
}

/// What both have in common.
enum LockRunOptions {
  private static let mode = Option<LockMode>(
    name: "--mode", placeholder: "exclusive|shared|permits:W/N",
    meaning: "alone, with others who share it, or W of N permits"
  ) { text throws(OptionProblem) in
    guard let mode = LockMode(text) else {
      throw OptionProblem(
        expected:
          "must be exclusive, shared, or permits:W/N with W of N permits, such as permits:1/4")
    }
    return mode
  }.defaulting(to: .exclusive)
  private static let term = Option<Duration>(
    name: "--ttl", placeholder: "D",
    meaning: "how long a grant lasts unless it is renewed, where grants end by time"
  ) { text throws(OptionProblem) in
    guard let value = Duration(notation: text), value >= LockOptions.leastTerm else {
      throw OptionProblem(expected: "must be a duration of 100ms or more, such as 30s")
    }
    return value
  }.defaulting(to: .seconds(30), shown: "30s")
  private static let onLoss = Option.word(
    "--on-loss", ["terminate", "notify"],
    "what a lost lock does: end the program, or only close INTERLOCK_LEASE_FD"
  ).defaulting(to: "terminate")
  private static let killAfter = Option.duration(
    "--kill-after", "from SIGTERM to SIGKILL, when a lost lock ends the program"
  ).defaulting(to: .seconds(2), shown: "2s")

  private static let runFolder = Option.text(
    "--run-folder", "DIR",
    "the working folder of a NoDb run: while a file READONLY is in it, no lock is taken")

  static let program = Operand(
    name: "CMD", meaning: "the program, and its arguments", repeats: true)

  static let all =
    [
      LockArguments.backend.optional, LockArguments.compat.optional, mode.optional, term.optional,
      LockArguments.reason.optional,
      onLoss.optional, killAfter.optional, runFolder.optional,
    ] + RolloutOptions.all

  static let statuses =
    LockArguments.statuses + [.notInTime, .leaseLost, .deadlockVictim, .notRunnable, .notFound]

  static let details = """
    The program's own status is passed through, 128 + n when signal n ended it. It has a process group of its own, and \
    the terminal if this program had it and writes to no pipe; signals that come are passed on to it, and when a key \
    stops it this program stops too. It has INTERLOCK_NAME, INTERLOCK_FENCE, INTERLOCK_TOKEN and INTERLOCK_DOMAIN, and \
    INTERLOCK_LEASE_FD, a descriptor that ends when the lock is lost or given back. It is killed with its group when this \
    program is. Where the lock cannot be renewed, it is ended before others may have it. What it leaves in the background \
    goes on without the lock.

    \(RolloutOptions.details)
    """

  static func run(_ arguments: Arguments, _ console: Console, timeout: Duration?) async throws {
    let runner = LockRunner(
      name: try LockArguments.name(arguments.operands[0]), mode: try arguments[mode],
      timeout: timeout,
      options: LockOptions(
        term: try arguments[term], reason: try arguments[LockArguments.reason] ?? ""),
      words: arguments.program,
      policy: try arguments[onLoss] == "notify" ? .notify : .terminate,
      killAfter: try arguments[killAfter])
    let rollout = try RolloutOptions.read(arguments, console)
    let folder = try runFolder(arguments, besideFiles: rollout.files != nil)
    try await LockArguments.withClient(arguments, rollout, companion: folder) {
      try await runner.run($0)
    }
  }

  private static func runFolder(
    _ arguments: Arguments, besideFiles hasFiles: Bool
  ) throws -> NoDbRunFolder? {
    guard let path = try arguments[runFolder] else { return nil }
    guard !hasFiles, try arguments[LockArguments.compat] == RedisLockForm.nodb.rawValue else {
      throw CommandFailure(
        .usage, "\(runFolder.name) is for locks of NoDb's, which GivTCP's lock file has no part in",
        "give \(LockArguments.compat.option.name) nodb, and no folder of that file")
    }
    return NoDbRunFolder(path)
  }
}
