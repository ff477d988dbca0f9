internal import InterlockSystem
internal import InterlockWire

/// What administrators changed over the radio, on disk: options by their paths, over the file.
///
/// An environment variable wins over both, so that whoever has the machine gets in again.
package struct RemoteSettings: Sendable {
  let path: String
  let environment: @Sendable (String) -> String?

  package init(
    path: String, environment: @escaping @Sendable (String) -> String? = ProcessEnvironment.value
  ) {
    self.path = path
    self.environment = environment
  }

  /// A configuration with these changes.
  ///
  /// - Throws: `NodeError` when the file is there and makes no sense: nothing is half taken.
  package func applied(to configuration: NodeConfiguration) async throws(NodeError)
    -> NodeConfiguration
  {
    var result = configuration
    var problems: [SettingProblem] = []
    var object = try await read()
    for setting in NodeConfiguration.table.settings {
      guard let variable = setting.description.environment, environment(variable) != nil else {
        continue
      }
      object[setting.description.path] = nil
    }
    NodeConfiguration.table.read(.object(object), into: &result, problems: &problems)
    // The regions are one option, and the keys in the environment belong to what is in it.
    if object["regions.known"] != nil { result.readKeys(environment, problems: &problems) }
    if problems.isEmpty { problems = result.newContradictions(over: configuration) }
    if let problem = problems.first {
      throw NodeError(
        .badInput, "\(path): \(problem.message)", "correct it, or remove it to drop the changes")
    }
    return result
  }

  /// Adds what differs between two configurations.
  func record(from old: NodeConfiguration, to new: NodeConfiguration) async throws(NodeError) {
    let table = NodeConfiguration.table
    let changed = table.differences(from: old, to: new)
    guard !changed.isEmpty else { return }
    var object = try await read()
    let values = table.write(new)
    for setting in changed { object[setting.path] = values[setting.path] }
    do {
      try await AtomicFile.write(
        Array((JSONValue.object(object).serialized() + "\n").utf8), to: path,
        mode: AtomicFile.secretMode)
    } catch {
      throw NodeError(
        .failed, "cannot write \(path): \(error)", "give storage.directory room and permission")
    }
  }

  private func read() async throws(NodeError) -> JSONObject {
    do {
      guard
        let text = try await AtomicFile.read(path, limit: NodeConfiguration.largestFileBytes)
      else { return JSONObject() }
      guard let object = try JSONValue(parsing: text).object else {
        throw NodeError(.badInput, "\(path) holds no object", "remove it to drop the changes")
      }
      return object
    } catch let error as NodeError {
      throw error
    } catch {
      throw NodeError(
        .badInput, "cannot read \(path): \(error)", "correct it, or remove it to drop the changes")
    }
  }
}
