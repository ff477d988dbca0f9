import Foundation
import InterlockCommandLine

@testable import InterlockCLI

/// Collects what a command prints, and feeds it its input.
final class CapturedConsole: Sendable {
  private struct Streams {
    var output = ""
    var errors = ""
    var input: [String]
  }

  private let streams: Protected<Streams>

  init(input: [String] = []) { streams = Protected(Streams(input: input)) }

  var output: String { streams.use { $0.output } }
  var errors: String { streams.use { $0.errors } }

  var console: Console {
    Console(
      write: { [self] text in streams.use { $0.output += text } },
      writeError: { [self] text in streams.use { $0.errors += text } },
      readLine: { [self] in streams.use { $0.input.isEmpty ? nil : $0.input.removeFirst() } },
      isTerminal: false)
  }

  /// Runs the program with these words.
  func run(_ words: String...) async -> InterlockCommandLine.ExitStatus {
    await InterlockProgram.program.run(words, console: console)
  }
}

/// A value and its lock.
final class Protected<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  // Read and written only with the lock held.
  private var value: Value

  init(_ value: Value) { self.value = value }

  func use<Result>(_ step: (inout Value) -> Result) -> Result {
    lock.withLock { step(&value) }
  }
}
