internal import InterlockCommandLine
internal import InterlockNode
internal import InterlockSystem

/// The configuration a command is told, from its file and the environment.
struct ConfigurationSource: Sendable {
  /// The file; nil for the defaults.
  let path: String?

  /// Reads it, as often as it is asked.
  ///
  /// - Throws: `CommandFailure` with what is wrong in it and where.
  /// - Returns: a configuration in which everything is possible.
  func read() throws(CommandFailure) -> NodeConfiguration {
    var text = Array("{}".utf8)
    if let path {
      do throws(SystemError) {
        text = try FileContents.read(path, atMost: NodeConfiguration.largestFileBytes)
      } catch {
        throw CommandFailure(
          .badInput, error.what, "give a file that can be read, such as examples/node.json5")
      }
    }
    do throws(ConfigurationError) {
      return try NodeConfiguration(
        parsing: text, file: path ?? "the defaults", environment: ProcessEnvironment.value)
    } catch {
      throw CommandFailure(
        .badInput, "\(error)", "docs/configuration.md lists every option")
    }
  }
}
