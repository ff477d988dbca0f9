internal import Interlock
internal import InterlockMeshCore
internal import InterlockRadio
internal import InterlockSystem

extension Node {
  /// How soon a failed save of the clients is tried again.
  private static let retryInterval = Duration.seconds(5)

  /// Puts a change an administrator made over the radio in force, and makes it last.
  func carryOut(_ change: AdminChange) async {
    let old = configuration.withLock { $0 }
    do {
      let new = try old.changed(by: change)
      switch change {
      // The repeater has taken it already; the rest only remembers it.
      case .adminPassword, .setting(.guestPassword):
        configuration.withLock { $0 = new }
        administration.adopt(new)
      case .setting, .temporaryRadio, .region:
        await apply(new, modeDecidedAt: nil, event: "changed by radio")
        // What the modem refused is in the log, and must not come back at the next start.
        let inForce = configuration.withLock { $0 }
        guard NodeConfiguration.table.differences(from: inForce, to: new).isEmpty else { return }
      }
      if case .temporaryRadio = change { return }
      try await remoteSettings.record(from: old, to: new)
    } catch {
      log.report(.error("A change by radio does not last: \(error)"))
    }
  }

  /// Writes down changes that were granted over the radio and that the stop overtook: they are in
  /// force after the next start.
  func keepForNextStart(_ changes: [AdminChange]) async {
    for change in changes {
      if case .temporaryRadio = change { continue }
      let old = configuration.withLock { $0 }
      do {
        let new = try old.changed(by: change)
        try await remoteSettings.record(from: old, to: new)
        configuration.withLock { $0 = new }
      } catch {
        log.report(.error("A change by radio does not last: \(error)"))
      }
    }
  }

  /// Saves the clients of the remote administration whenever they have changed.
  func storeAccess() async throws {
    for await _ in administration.unsaved {
      while let access = administration.takeUnsaved() {
        do {
          try await accessStore.save(access)
        } catch {
          log.report(.warning("The clients of the remote administration are not saved: \(error)"))
          administration.putBack(access)
          try await clock.sleep(for: Self.retryInterval)
        }
      }
    }
  }

  /// Saves what is not saved yet, at the end.
  func storeAccessNow() async {
    guard let access = administration.takeUnsaved() else { return }
    do { try await accessStore.save(access) } catch {
      log.report(.warning("The clients of the remote administration are not saved: \(error)"))
    }
  }
}

extension NodeConfiguration {
  /// The remote administration, before it is told the passwords.
  func administration(
    identity: Identity, access: AccessList, host: NodeAdministration
  ) -> Administration {
    Administration(machine: AdministrationMachine(identity: identity, access: access), host: host)
  }

  /// Who may log in.
  var passwords: AdministrationMachine.Passwords {
    AdministrationMachine.Passwords(
      admin: security.adminPassword.flatMap { AdminPassword($0) },
      guest: security.guestPassword.flatMap { AdminPassword($0) })
  }
}
