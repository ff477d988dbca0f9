internal import Interlock
internal import InterlockNode

/// The way from a configuration to a node, on which it can already be asked to end.
///
/// Whoever asks need not know whether there is a node yet: a request to end ends the start, and one
/// to reload waits for the node.
final class NodeStart: Sendable {
  private struct State {
    var node: Node?
    var isEnding = false
    var mustReload = false
  }

  private let state = Guarded(State())
  private let endRequest = FirstAnswer<Void>()

  /// Asks the start, or the node, to end.
  func stop() {
    let node = state.withLock { state in
      state.isEnding = true
      return state.node
    }
    endRequest.give(())
    node?.stop()
  }

  /// Asks the node to read its configuration again.
  func reload() {
    let node = state.withLock { state in
      state.mustReload = state.node == nil
      return state.node
    }
    node?.reload()
  }

  /// Makes the node; for one caller.
  ///
  /// *Cancellation:* as `stop`.
  ///
  /// - Parameter make: Makes it; it is cancelled when the start is to end, and waited for.
  /// - Throws: what `make` throws.
  /// - Returns: the node, or nil when there is none because the start was to end.
  func node(_ make: @escaping @Sendable () async throws -> Node) async throws -> Node? {
    let made = try await withThrowingTaskGroup(of: Node?.self) { group in
      group.addTask { try await make() }
      group.addTask {
        await withTaskCancellationHandler {
          await self.endRequest.value
        } onCancel: {
          self.endRequest.give(())
        }
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
    guard let made else { return nil }
    let asked = state.withLock { state in
      state.node = made
      return state
    }
    if asked.mustReload { made.reload() }
    if asked.isEnding { made.stop() }
    return made
  }
}
