/// Loads what is asked for once; who asks meanwhile waits for the same load.
///
/// `AttemptGate`, which joins latecomers, takes its place in documents and links.
actor JoinedLoad<Value: Sendable> {
  private var loads: [String: Task<Value, Never>] = [:]

  func value(
    _ key: String, load: @escaping @Sendable () async -> Value
  ) async -> Value {
    if let load = loads[key] { return await load.value }
    // Owned by this table, and awaited by everyone who asked.
    let task = Task(name: "load \(key)") { await load() }
    loads[key] = task
    return await task.value
  }
}
