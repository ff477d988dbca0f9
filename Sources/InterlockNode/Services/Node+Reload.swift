internal import Interlock
internal import InterlockMeshCore
internal import InterlockRadio
internal import InterlockSystem

extension Node {
  /// Puts a configuration in force as far as a running node can, and reports what waits.
  ///
  /// - Parameters:
  ///   - new: The configuration.
  ///   - revision: The revision of the mode it was made at; nil if its mode is in force already. A
  ///     mode that was set since then stays.
  ///   - event: What happened, for the log.
  func apply(
    _ new: NodeConfiguration, modeDecidedAt revision: UInt64?, event: String = "reloaded"
  ) async {
    let old = configuration.withLock { $0 }
    let table = NodeConfiguration.table
    let changes = table.differences(from: old, to: new)
    // What needs a restart keeps its old value, so that nothing is half in force.
    let effective = table.adopting(new, where: { $0.effect == .atOnce }, over: old)
    let parts: NodeParts
    do {
      parts = try NodeParts(effective)
      let oldParts = try NodeParts(old)
      // What can fail comes first, the modem last of it; from there on all of it is put in force.
      let newLog = try log.replacement(for: effective.log)
      try await apply(effective, parts: parts, over: oldParts, old: old, modeDecidedAt: revision)
      if let newLog { log.change(to: newLog) }
    } catch {
      return log.report(.error("Configuration not \(event): \(error)"))
    }
    if changes.isEmpty {
      return log.report(.info("Configuration \(event): nothing changed"))
    }
    configuration.withLock { $0 = effective }
    administration.adopt(effective)
    let now = changes.filter { $0.effect == .atOnce }.map(\.path)
    let later = changes.filter { $0.effect == .onRestart }.map(\.path)
    if !now.isEmpty {
      log.report(
        .info("Configuration \(event)", [.init("changed", .text(now.joined(separator: " ")))]))
    }
    if now.contains(where: { $0.hasPrefix("radio.") || $0.hasPrefix("dutyCycle.") }) {
      log.report(regulatory: parts.warnings)
    }
    if !later.isEmpty {
      log.report(
        .warning(
          "Some changes need a restart", [.init("options", .text(later.joined(separator: " ")))]))
    }
  }

  private func apply(
    _ effective: NodeConfiguration, parts: NodeParts, over oldParts: NodeParts,
    old: NodeConfiguration, modeDecidedAt revision: UInt64?
  ) async throws {
    // The modem first: it is the only part that can refuse.
    let modem = parts.modem == oldParts.modem ? nil : parts.modem
    let dutyCycle = parts.dutyCycle == oldParts.dutyCycle ? nil : parts.dutyCycle
    if modem != nil || dutyCycle != nil {
      try await pipeline.apply(modem, dutyCycle: dutyCycle)
    }
    if let modem { repeater.settingsChanged(to: modem.lora) }
    if effective.transmit != old.transmit { pipeline.setPolicy(effective.transmit) }
    repeater.setConfiguration(
      parts.repeater, modeDecidedAt: effective.node.mode == old.node.mode ? nil : revision)
    if effective.security != old.security { repeater.setPasswords(effective.passwords) }
    if effective.advertProfile != old.advertProfile {
      repeater.setProfile(effective.advertProfile)
    }
  }
}
