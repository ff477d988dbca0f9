internal import InterlockCommandLine
internal import InterlockWire

/// `interlock drill list`: the drills there are.
enum DrillList: Command {
  static let declaration = CommandDeclaration(
    path: ["drill", "list"], summary: "lists the lock drills",
    options: [ArgumentParser.json.optional], example: "drill list")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let width = (Drill.all.map(\.name.count).max() ?? 0) + 2
    for drill in Drill.all {
      if arguments.has(ArgumentParser.json) {
        var report = Report()
        report.add("name", .string(drill.name))
        report.add("summary", .string(drill.summary))
        try console.print(report, asJSON: true)
      } else {
        let gap = String(repeating: " ", count: width - drill.name.count)
        try console.print("\(drill.name)\(gap)\(drill.summary)")
      }
    }
  }
}
