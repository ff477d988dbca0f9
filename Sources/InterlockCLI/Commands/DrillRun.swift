internal import Interlock
internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockNode
internal import InterlockSystem
internal import InterlockWire

/// `interlock drill run`: real processes against a real backend, and a judgement of the log they leave.
enum DrillRun: Command {
  private static let processes = Option<Int>.integer(
    "--processes", "N", 1...256, "how many processes take part, where a drill has several"
  ).defaulting(to: 8)
  private static let requests = Option<Int>.integer(
    "--requests", "N", 1...10_000, "how many requests each makes, where a drill has several"
  ).defaulting(to: 5)
  private static let duration = Option.duration(
    "--for", "do it again until this time has passed, or it has failed; without it, once")
  private static let unguarded = Option.flag(
    "--unguarded",
    "show what the legacy programs' way does instead: a lock file, or a key of the Redis server")
  private static let restart = Option.text(
    "--restart-with", "COMMAND",
    "what a shell does to restart the server, for server_restart: it ends when the server answers again"
  )

  static let declaration = CommandDeclaration(
    path: ["drill", "run"],
    summary: "lets processes compete for a lock, disturbs them, and judges what they log",
    details: """
      It starts itself several times, and stops, kills and robs those processes as the drill has it. Told are what was \
      tried, what was seen, and whether two were ever inside. It ends with 1 when anything was found, as it does \
      --unguarded. The lock it uses has a name of its own, below "drill".
      """,
    operands: [Operand(name: "NAME", meaning: "the drill, as interlock drill list has it")],
    options: [
      LockArguments.backend.optional, processes.optional, requests.optional, duration.optional,
      unguarded.optional, restart.optional, ArgumentParser.json.optional,
    ],
    statuses: LockArguments.statuses,
    example: "drill run thundering_herd --backend file:///tmp/locks")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let drill = try drill(arguments.operands[0])
    let isGuarded = !arguments.has(unguarded)
    var setting = try await setting(drill, arguments)
    setting.name = try LockName("drill/\(drill.name)-\(UInt64.random(in: 0 ... .max))")
    let runner = DrillRunner(drill: drill, setting: setting, isGuarded: isGuarded)
    let pool = BlockingPool(width: 1, capacity: 1)
    let clock = SystemClock()
    let end = try arguments[duration].map { clock.now.advanced(by: $0) }
    repeat {
      let (report, hasPassed) = try await pool.run { try runner.round() }
      try console.print(report, asJSON: arguments.has(ArgumentParser.json))
      if !hasPassed { throw SilentEnd(.failed) }
    } while clock.now < end ?? .origin
  }

  private static func drill(_ name: String) throws(CommandFailure) -> Drill {
    if let drill = Drill.all.first(where: { $0.name == name }) { return drill }
    let hint = NearestName.of(name, among: Drill.all.map(\.name)).map { "did you mean \($0)? " }
    throw CommandFailure(
      .badInput, "there is no drill \"\(name)\"", "\(hint ?? "")interlock drill list has them")
  }

  /// Looks whether the backend is there before any process is started.
  private static func setting(
    _ drill: Drill, _ arguments: Arguments
  ) async throws -> DrillSetting {
    let location = try arguments.location(LockArguments.backend)
    let directory: String? =
      if case .files(let folder) = location.place { folder } else { nil }
    if case .memory = location.place {
      throw CommandFailure(
        .usage, "memory: is for one process, and a drill has several", "use file:///FOLDER")
    }
    let command = try arguments[restart]
    if drill.restartsServer {
      guard directory == nil else {
        throw CommandFailure(
          .usage, "\(location.title) has no server that could be restarted",
          "use --backend redis://HOST:PORT")
      }
      guard command != nil else {
        throw CommandFailure(
          .usage, "\(drill.name) cannot know how \(location.title) is restarted",
          "say it: --restart-with COMMAND")
      }
    }
    guard let program = ProcessEnvironment.program else {
      throw CommandFailure(
        .failed, "it cannot be told where this program is", "mount /proc, where the system says it")
    }
    try await LockArguments.withClient(arguments) { _ = try await $0.record(of: "drill") }
    return DrillSetting(
      program: program, url: arguments.text(of: LockArguments.backend), title: location.title,
      directory: directory, legacyWay: LegacyWay(location), restartCommand: command, name: "drill",
      processes: try arguments[processes],
      requests: try arguments[requests])
  }
}
