import Foundation
import TestSupport
import Testing

/// A page of the documents: its commands, and what it says comes of each.
struct ConsolePage {
  struct Step: Equatable {
    let command: String
    var output = ""
  }

  private(set) var steps: [Step] = []

  /// Reads a page in `docs`.
  init(_ name: String) throws {
    let page = try String(contentsOfFile: "\(Program.root)/docs/\(name)", encoding: .utf8)
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
  }

  /// Runs the commands one after the other beside a server, in a folder of their own, and compares what each prints.
  ///
  /// - Parameter scene: A shell's commands before them; `interlock` is the program, `$REDIS_URL` the server.
  /// - Throws: when the commands could not be run.
  func check(after scene: String) throws {
    let folder = try TemporaryDirectory()
    let ended = try Program.run(
      [
        "\(Program.root)/Scripts/with-redis", "bash", "-c", script(after: scene),
        Program.path.path(), folder.path,
      ], executable: URL(filePath: "/usr/bin/env"))
    let outputs = ended.output.components(separatedBy: "----\n")
    try #require(outputs.count == steps.count + 1, "\(ended)")
    for (step, output) in zip(steps, outputs) {
      let (printed, promised) = (try Self.constant(output), try Self.constant(step.output))
      #expect(printed == promised, "\(step.command)")
    }
  }

  private func script(after scene: String) -> String {
    """
    cd "$1"
    mkdir bin
    ln -s "$0" bin/interlock
    export PATH=$PWD/bin:$PATH
    redis-cli() { command redis-cli -u "$REDIS_URL" "$@"; }
    \(scene)
    exec 2>&1

    """ + steps.map { "\($0.command)\necho '----'\n" }.joined()
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
      .replacing(try Regex("[0-9a-f]{16,}"), with: "N")
      .replacing(try Regex("[0-9]+(\\.[0-9]+)?"), with: "N")
      // Aligned by the longest word of a column, which a number may be.
      .replacing(try Regex(" +"), with: " ")
      // A value may be empty.
      .replacing(" \n", with: "\n")
  }
}
