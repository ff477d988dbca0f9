import Interlock
import InterlockMeshCore
import InterlockRadio
import InterlockSystem
import InterlockWire
import TestSupport
import Testing

@testable import InterlockNode

/// What a configuration file says, and may say later.
final class ConfigurationText: Sendable {
  let value: Guarded<NodeConfiguration>

  init(_ value: NodeConfiguration) { self.value = Guarded(value) }
}

/// What a node has said so far.
final class Notebook: Sendable {
  private struct State {
    var lines: [String] = []
    var waiters: [(text: String, latch: Latch)] = []
  }

  private let state = Guarded(State())

  func note(_ event: NodeEvent) {
    guard case .notice(_, let message, let fields) = event else { return }
    let text = ([message] + fields.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
    let latches = state.withLock { state in
      state.lines.append(text)
      return state.waiters.filter { text.contains($0.text) }.map(\.latch)
    }
    for latch in latches { latch.open() }
  }

  func has(_ text: String) -> Bool {
    state.withLock { $0.lines.contains { $0.contains(text) } }
  }

  var lines: [String] { state.withLock { $0.lines } }

  /// Waits for a line, one from before included.
  func wait(for text: String) async {
    let latch = Latch()
    state.withLock { $0.waiters.append((text, latch)) }
    if has(text) { latch.open() }
    await latch.wait()
  }
}

/// A node on a scripted radio, a clock the test moves and a folder of its own.
final class RunningNode: Sendable {
  let radio = ScriptedRadio()
  let clock = SteppedClock()
  let folder: TemporaryDirectory
  let node: Node
  /// What the configuration file says.
  let file: ConfigurationText
  private let notebook: Notebook

  init(
    folder: TemporaryDirectory? = nil, _ configure: (inout NodeConfiguration) -> Void = { _ in }
  ) async throws {
    let folder = try folder ?? TemporaryDirectory()
    self.folder = folder
    var configuration = NodeConfiguration()
    configuration.storage.directory = folder.path
    configuration.control.enabled = false
    configuration.log.file = folder.path + "/node.log"
    configure(&configuration)
    let file = ConfigurationText(configuration)
    self.file = file
    let notebook = Notebook()
    self.notebook = notebook
    let log = try NodeLog(
      configuration.log, isShownElsewhere: false, observe: { notebook.note($0) })
    node = try await Node(
      configuration, log: log,
      surroundings: Node.Surroundings(
        clock: clock, seed: 1, modem: radio, environment: { _ in nil },
        readConfiguration: {
          // Where no task runs, so that a slow disk holds none of them up.
          #expect(withUnsafeCurrentTask { $0 == nil })
          return file.value.withLock { $0 }
        }))
  }

  /// Waits until the node has said something, now or before.
  func said(_ text: String) async { await notebook.wait(for: text) }

  func hasSaid(_ text: String) -> Bool { notebook.has(text) }

  /// What the node has said so far.
  var lines: [String] { notebook.lines }

  /// Runs the node beside `body`, and stops it.
  func running(_ body: @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup { group in
      group.addTask { try await self.node.run() }
      await said("Node started")
      do { try await body() } catch {
        node.stop()
        throw error
      }
      node.stop()
      try await group.waitForAll()
    }
  }

  /// Changes what the file says and asks the node to read it.
  func reload(_ change: (inout NodeConfiguration) -> Void) {
    file.value.withLock { change(&$0) }
    node.reload()
  }

  func ask(_ request: JSONValue) async -> JSONValue { await node.answer(request) }
}
