internal import Interlock
internal import InterlockCommandLine
internal import InterlockSystem

/// The program `interlock`.
@main
struct InterlockProgram {
  static func main() async {
    Signals.ignoreThoseOfWrites()
    let status = await program.run(
      Array(CommandLine.arguments.dropFirst()), console: .standard)
    ProcessEnvironment.exit(status.rawValue)
  }

  static let program = CommandProgram(
    name: "interlock", version: Version.current,
    commands: [
      NodeCommand.self, RadioDecode.self, RadioAirtime.self, RadioMonitor.self, RadioSend.self,
      RadioReplay.self, RadioStats.self, ConformanceMeshCore.self, Doctor.self,
    ])
}
