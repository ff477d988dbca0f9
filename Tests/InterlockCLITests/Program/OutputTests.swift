import Foundation
import InterlockCommandLine
import TestSupport
import Testing

/// What becomes of a command whose output is not taken.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct OutputTests {
  private static func commands() throws -> [[String]] {
    [
      ["help"], ["--version"], ["node", "--print-config-reference"], ["node", "--check"],
      ["radio", "airtime", "--bytes", "20"],
      ["conformance", "meshcore", try VectorFolder.root().path],
      // It prints from a thread of its own, and would go on for ever.
      ["radio", "monitor", "--tcp", "127.0.0.1:1", "--wait"],
    ]
  }

  @Test(arguments: try commands())
  func `output that is lost fails the command, and it says so`(_ command: [String]) throws {
    let ended = try Program.run(command, redirection: "> /dev/full")
    #expect(ended.status == 1, "\(ended)")
    #expect(
      ended.errors
        == "interlock: cannot write standard output: No space left on device; "
        + "what was printed is not complete\n")
  }

  @Test(arguments: try commands())
  func `a reader that has had enough ends the command without a word`(
    _ command: [String]
  ) throws {
    let ended = try Program.run(command, after: "exec 4> >(:); wait $!", redirection: ">&4")
    #expect(ended.status == 0, "\(ended)")
    #expect(ended.errors == "")
  }
}
