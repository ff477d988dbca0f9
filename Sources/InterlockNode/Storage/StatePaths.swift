internal import InterlockSystem

/// Where a node keeps what must survive it.
package struct StatePaths: Sendable, Hashable {
  package let directory: String
  package let identity: String
  package let ledger: String
  /// Who has logged in over the radio.
  package let accessList: String
  /// What administrators changed over the radio.
  package let remoteSettings: String
  package let controlSocket: String
  /// What the running node holds locked.
  let lock: String

  /// The files that are replaced while the node runs.
  var replacedFiles: [String] { [identity, ledger, accessList, remoteSettings] }

  /// The paths a configuration means.
  ///
  /// - Parameters:
  ///   - configuration: What the operator has set.
  ///   - environment: The values of environment variables.
  ///   - isRoot: Whether the state of the whole machine is meant.
  package init(
    _ configuration: NodeConfiguration,
    environment: (String) -> String? = ProcessEnvironment.value,
    isRoot: Bool = ProcessEnvironment.isRoot
  ) {
    let standard = Self.standard(environment: environment, isRoot: isRoot)
    // A node that only plays must not spend the allowance, or use the name, of one that does not.
    directory =
      configuration.storage.directory
      ?? (configuration.modem.type == .simulated ? "\(standard)/simulated" : standard)
    lock = "\(directory)/lock"
    identity = configuration.identity.file ?? "\(directory)/identity"
    ledger = configuration.storage.ledgerFile ?? "\(directory)/airtime.ledger"
    accessList = "\(directory)/access.list"
    remoteSettings = "\(directory)/remote-settings.json"
    controlSocket = configuration.control.socket ?? "\(directory)/node.socket"
  }

  private static func standard(environment: (String) -> String?, isRoot: Bool) -> String {
    if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") {
      return "\(state)/interlock"
    }
    if !isRoot, let home = environment("HOME"), home.hasPrefix("/") {
      return "\(home)/.local/state/interlock"
    }
    return "/var/lib/interlock"
  }
}
