import Foundation
import InterlockCommandLine
import Testing

/// The built program, as a process of its own.
struct Program {
  struct Ended: Equatable {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Next to the test bundle that is running.
  static var path: URL {
    URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "interlock")
  }

  /// Runs it to its end.
  static func run(_ arguments: String..., input: String = "") throws -> Ended {
    try run(arguments, input: input)
  }

  /// Runs it to its end, from a shell that has done `preparation` and applies `redirection`.
  static func run(
    _ arguments: [String], after preparation: String = ":", redirection: String
  ) throws -> Ended {
    try run(
      ["-c", "\(preparation); exec \"$0\" \"$@\" \(redirection)", path.path()] + arguments,
      executable: URL(filePath: "/bin/bash"))
  }

  /// Runs it, or another program, to its end.
  static func run(
    _ arguments: [String], executable: URL = path, input: String = ""
  ) throws -> Ended {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    let output = Pipe()
    let errors = Pipe()
    let standardInput = Pipe()
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = standardInput
    try process.run()
    try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try standardInput.fileHandleForWriting.close()
    // Short outputs, which fit the pipes: reading one after the other cannot block.
    let outputData = output.fileHandleForReading.readDataToEndOfFile()
    let errorData = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Ended(
      status: process.terminationStatus, output: String(decoding: outputData, as: UTF8.self),
      errors: String(decoding: errorData, as: UTF8.self))
  }
}
