internal import InterlockMeshCore

/// What stands in the way of a start with the state that is there.
package struct StateProblem: Sendable, Hashable {
  /// What cannot be used.
  package enum Subject: String, Sendable, Hashable {
    case identity
    case remoteSettings = "remote settings"
    case clients
  }

  package let subject: Subject
  package let error: NodeError
}

extension NodeConfiguration {
  /// Reads what a node reads at its start; nothing is made or changed.
  package func stateProblems(in paths: StatePaths) async -> [StateProblem] {
    var problems: [StateProblem] = []
    do throws(NodeError) {
      _ = try await RemoteSettings(path: paths.remoteSettings).applied(to: self)
    } catch {
      problems.append(StateProblem(subject: .remoteSettings, error: error))
    }
    do throws(NodeError) {
      let identity =
        if let key = identity.key {
          try Identity(configured: key)
        } else {
          try await IdentityStore(path: paths.identity).load()
        }
      // The clients can only be read by the identity they have logged in to.
      guard let identity else { return problems }
      do throws(NodeError) {
        _ = try await AccessStore(path: paths.accessList).load(identity: identity)
      } catch {
        problems.append(StateProblem(subject: .clients, error: error))
      }
    } catch {
      problems.append(StateProblem(subject: .identity, error: error))
    }
    return problems
  }
}
