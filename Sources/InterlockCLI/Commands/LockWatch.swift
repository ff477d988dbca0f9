internal import Interlock
internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockSystem
internal import InterlockWire

/// `interlock lock watch`: what becomes of a lock.
enum LockWatch: Command {
  private static let duration = Option.duration(
    "--for", "end after this time; without it, on SIGTERM or Ctrl-C")
  private static let pace = Option<Duration>(
    name: "--every", placeholder: "D", meaning: "how often it is looked at"
  ) { text throws(OptionProblem) in
    guard let value = Duration(notation: text), value >= .milliseconds(10) else {
      throw OptionProblem(expected: "must be a duration of 10ms or more, such as 500ms")
    }
    return value
  }.defaulting(to: .milliseconds(500), shown: "500ms")

  static let declaration = CommandDeclaration(
    path: ["lock", "watch"],
    summary: "tells when a lock is granted, released, waited for or no longer waited for",
    details:
      "It is looked at again and again: a grant that begins and ends between two looks is not told. What holds "
      + "when it begins is told first.",
    operands: [LockArguments.name],
    options: [
      duration.optional, pace.optional, LockArguments.backend.optional,
      LockArguments.compat.optional,
      ArgumentParser.json.optional,
    ],
    statuses: LockArguments.statuses, example: "lock watch backup --for 1h")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let name = try LockArguments.name(arguments.operands[0])
    let (limit, pace) = (try arguments[duration], try arguments[pace])
    let asJSON = arguments.has(ArgumentParser.json)
    try await LockArguments.withClient(arguments) { client in
      let clock = SystemClock()
      try await InterruptibleRun.run(for: limit, clock: clock) {
        var former = LockRecord(name: name)
        while true {
          let present = try await client.record(of: name).seenFromHere()
          for change in LockChange.between(former, present) {
            let time = "\(Timestamp.now)"
            try console.print(
              asJSON ? change.json(name, at: time).serialized() : change.line(name, at: time))
          }
          former = present
          try await clock.sleep(for: pace)
        }
      }
    }
  }
}
