internal import Interlock
internal import InterlockCommandLine
internal import InterlockSystem

/// The program `interlock`.
@main
struct InterlockProgram {
  static func main() async {
    Signals.unblockAll()
    Signals.ignoreThoseOfWrites()
    let words = Array(CommandLine.arguments.dropFirst())
    let status =
      if LabCommand.takes(words) {
        LabCommand.start(words, console: .standard)
      } else if words.first == DrillWorker.word {
        await DrillWorker.start(words, .standard)
      } else {
        await program.run(words, console: .standard)
      }
    ProcessEnvironment.exit(status.rawValue)
  }

  static let program = CommandProgram(
    name: "interlock", version: Version.current,
    commands: [
      NodeCommand.self, RadioDecode.self, RadioAirtime.self, RadioMonitor.self, RadioSend.self,
      RadioReplay.self, RadioStats.self, LockRun.self, LockTry.self, LockList.self, LockShow.self,
      LockWatch.self, LockCheck.self, LockBreak.self, LockClear.self, DrillList.self, DrillRun.self,
      StatusBegin.self,
      StatusSet.self, StatusGet.self, StatusEnd.self, StatusClear.self, StatusList.self,
      StatusWatching.self, ConformanceMeshCore.self, ConformanceLocks.self,
      LabCommand.self, Doctor.self,
    ])
}
