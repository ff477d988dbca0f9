internal import Interlock
internal import InterlockCommandLine
internal import InterlockSystem

/// The program `interlock-lab`, which `interlock lab` starts: the only one that has the runtime's functions
/// replaced in it.
@main
struct InterlockLabProgram {
  static func main() async {
    Signals.ignoreThoseOfWrites()
    var words = Array(CommandLine.arguments.dropFirst())
    // `interlock-lab run` and `interlock lab run` are the same.
    if let first = words.first, first != "lab", first != "help", !first.hasPrefix("-") {
      words.insert("lab", at: 0)
    }
    let status = await program.run(words, console: .standard)
    ProcessEnvironment.exit(status.rawValue)
  }

  static let program = CommandProgram(
    name: "interlock", version: Version.current,
    commands: [
      LabList.self, LabRun.self, LabReplay.self, LabCheck.self, LabMeasure.self, LabDoctor.self,
    ])
}
