internal import Interlock
internal import InterlockCommandLine
internal import InterlockSystem

/// The program `interlock-lab`, which `interlock lab` starts: the only one that has the runtime's functions
/// replaced in it.
@main
struct InterlockLabProgram {
  static func main() async {
    Signals.unblockAll()
    Signals.ignoreThoseOfWrites()
    let words = words(Array(CommandLine.arguments.dropFirst()))
    let status = await program.run(words, console: .standard)
    ProcessEnvironment.exit(status.rawValue)
  }

  /// What was meant: `interlock-lab run` and `interlock lab run` are the same, and so with help.
  static func words(_ typed: [String]) -> [String] {
    switch typed.first {
    case "lab", "--version": typed
    case "help", "--help", "-h": ["help", "lab"] + typed.dropFirst().drop { $0 == "lab" }
    default: ["lab"] + typed
    }
  }

  static let program = CommandProgram(
    name: "interlock", version: Version.current,
    commands: [
      LabList.self, LabRun.self, LabReplay.self, LabCheck.self, LabMeasure.self, LabDoctor.self,
    ])
}
