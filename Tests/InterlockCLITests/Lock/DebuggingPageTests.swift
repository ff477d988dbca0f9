import Foundation
import TestSupport
import Testing

/// `docs/debugging-locks.md`: its commands, run one after the other in its scene, print what it says they print.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct DebuggingPageTests {
  private struct Step: Equatable {
    let command: String
    var output = ""
  }

  /// The commands of the page, and what it says comes of each.
  private static func steps() throws -> [Step] {
    let page = try String(
      contentsOfFile: "\(Program.root)/docs/debugging-locks.md", encoding: .utf8)
    var steps: [Step] = []
    var isConsole = false
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isConsole = line == "```console"
      } else if isConsole, line.hasPrefix("$ ") {
        steps.append(Step(command: String(line.dropFirst(2))))
      } else if isConsole, !steps.isEmpty {
        steps[steps.count - 1].output += "\(line)\n"
      }
    }
    return steps
  }

  /// Without what differs from one run to the next: numbers, secrets, and the name of the machine.
  private static func constant(_ text: String) throws -> String {
    let host = try String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    return
      text
      .replacing(try Regex("il1:[^ :]+:"), with: "il1:box:")
      .replacing(
        try Regex("\\b\(NSRegularExpression.escapedPattern(for: host))\\b"), with: "box"
      )
      .replacing(try Regex("[0-9a-f]{16}"), with: "N")
      .replacing(try Regex("[0-9]+(\\.[0-9]+)?"), with: "N")
      // Aligned by the longest word of a column, which a number may be.
      .replacing(try Regex(" +"), with: " ")
      // A value may be empty.
      .replacing(" \n", with: "\n")
  }

  /// Holder and waiter, then the commands; what each prints, and a line after it.
  private static func script(_ steps: [Step]) -> String {
    """
    I=$0
    cd "$1"
    export INTERLOCK_BACKEND=$REDIS_URL
    interlock() { "$I" "$@"; }
    redis-cli() { command redis-cli -u "$REDIS_URL" "$@"; }
    mkfifo gate
    interlock lock run nightly/backup --reason "nightly backup" -- sh -c "read x < gate" 2>holder.log &
    until interlock lock show nightly/backup --json | grep -q '"held":true'; do :; done
    interlock lock run nightly/backup --timeout none -- true &
    until interlock lock show nightly/backup --json | grep -q '"waiters":\\[{'; do :; done
    exec 2>&1

    """ + steps.map { "\($0.command)\necho '----'\n" }.joined()
  }

  @Test func `every command of the page prints what the page says`() throws {
    let steps = try Self.steps()
    #expect(steps.count > 15)
    let folder = try TemporaryDirectory()
    let ended = try Program.run(
      [
        "\(Program.root)/Scripts/with-redis", "bash", "-c", Self.script(steps),
        Program.path.path(), folder.path,
      ], executable: URL(filePath: "/usr/bin/env"))
    let outputs = ended.output.components(separatedBy: "----\n")
    try #require(outputs.count == steps.count + 1, "\(ended)")
    for (step, output) in zip(steps, outputs) {
      let (printed, promised) = (try Self.constant(output), try Self.constant(step.output))
      #expect(printed == promised, "\(step.command)")
    }
  }
}
