internal import Interlock
internal import InterlockRadio

/// What the remote administration asks for, worked out and sent.
///
/// Who may ask was decided under the lock; this runs outside of it, because it looks at the pipeline
/// and calls the host.
extension Repeater {
  func carryOut(_ task: AdminTask) {
    guard let answer = answer(to: task) else { return }
    let time = unixTime()
    originate { machine, now in machine.answer(task, answer, unixTime: time, at: now) }
  }

  func storeAccess() {
    guard let access = state.withLock({ $0.machine.administration?.access }) else { return }
    host?.store(access)
  }

  /// Ends a `tempradio`.
  func restore(_ radio: LoRaSettings) {
    // There is nobody to tell; the host logs what its radio does.
    do { try host?.apply(.temporaryRadio(radio)) } catch {
      let now = clock.now
      // The next attempt is made by the next wake, not at once.
      state.withLock {
        $0.machine.administration?.radioChanged(from: radio, for: Self.restoreRetry, at: now)
      }
      bell.ring()
    }
  }

  /// The time between attempts to end a `tempradio`.
  private static let restoreRetry = Duration.seconds(60)

  private func answer(to task: AdminTask) -> AdminAnswer? {
    let view = adminView()
    switch task.work {
    case .login: return .welcome
    case .question(.regions): return .data(Array(view.allowedRegions.utf8))
    case .question(.owner):
      return .data(Array("\(view.profile.name ?? "")\n\(view.readings.ownerInfo)".utf8))
    case .question: return .data([view.configuration.mode == .forward ? 0 : Self.doesNotRepeat])
    case .status: return .data(status().bytes)
    case .telemetry: return .data(view.telemetry)
    case .accessList: return .data(accessEntries(room: task.room))
    case .neighbours(let query):
      return .data(query.answer(from: view.neighbours, room: task.room, at: view.now))
    case .ownerInfo:
      let lines = [view.readings.version, view.profile.name ?? "", view.readings.ownerInfo]
      return .data(Array(lines.joined(separator: "\n").utf8))
    case .command(let line):
      let (prefix, command) = AdminCommandLine.split(line)
      let word = command.prefix { $0 != " " }
      host?.note(.commanded(task.client, command: String(word)))
      do throws(AdminCommandError) {
        let text = try run(try AdminCommandLine.parse(command), view)
        return .text(text.isEmpty ? text : prefix + text)
      } catch {
        return .text(prefix + error.description)
      }
    }
  }

  /// The feature bit of a node that passes nothing on.
  private static let doesNotRepeat: UInt8 = 0x80
  /// Bytes of key in an entry of the access list.
  private static let accessPrefixBytes = 6

  private func accessEntries(room: Int) -> [UInt8] {
    let clients = state.withLock { $0.machine.administration?.access.clients ?? [] }
    return clients.filter { $0.permissions.rawValue != 0 }
      .prefix(room / (Self.accessPrefixBytes + 1))
      .flatMap { $0.key.bytes.prefix(Self.accessPrefixBytes) + [$0.permissions.rawValue] }
  }

  private func run(_ command: AdminCommand, _ view: AdminView) throws(AdminCommandError) -> String {
    switch command {
    case .version: return view.readings.version
    case .clock: return view.clock
    case .clockSync: throw AdminCommandError("Error: the clock is that of the system; set it there")
    case .advert(let reach): announce(reach)
    case .neighbours: return view.neighbourLines
    case .removeNeighbour(let prefix): removeNeighbour(prefix: prefix)
    case .discoverNeighbours: discover()
    case .clearStatistics: clearStatus()
    case .password(let password):
      try apply(.adminPassword(password))
      state.withLock { $0.machine.administration?.passwords.admin = AdminPassword(password) }
    case .get(let name): return view.value(of: name)
    case .set(let setting): try apply(setting)
    case .temporaryRadio(let radio, let minutes):
      try apply(.temporaryRadio(radio))
      state.withLock {
        $0.machine.administration?.radioChanged(
          from: view.radio, for: .seconds(60 * minutes), at: view.now)
      }
      bell.ring()
      return "OK - temp params for \(minutes) mins"
    case .setPermissions(let prefix, let permissions):
      try setPermissions(permissions, prefix: prefix)
    case .region(let command):
      if let text = view.regions(command) { return text }
      try change(command)
    case .reboot:
      throw AdminCommandError("Error: this node is a service; restart it with its service manager")
    }
    return "OK"
  }

  private func apply(_ change: AdminChange) throws(AdminCommandError) {
    try host?.apply(change)
  }

  private func apply(_ setting: AdminSetting) throws(AdminCommandError) {
    try apply(.setting(setting))
    let now = clock.now
    state.withLock { state in
      var configuration = state.machine.configuration
      var profile = state.profile
      setting.apply(to: &configuration, &profile)
      state.machine.setConfiguration(configuration)
      state.setProfile(profile, at: now)
      switch setting {
      case .guestPassword(let password):
        state.machine.administration?.passwords.guest = AdminPassword(password)
      case .radio, .frequencyHz: state.machine.administration?.radioChangedForGood()
      case .isRepeating: state.setMode(configuration.mode)
      default: break
      }
    }
    tellMode()
    bell.ring()
  }

  private func setPermissions(_ permissions: Permissions, prefix: [UInt8]) throws(AdminCommandError)
  {
    let count = state.withLock {
      $0.machine.administration?.access.setPermissions(permissions, prefix: prefix) ?? 0
    }
    guard count == 1 else {
      throw AdminCommandError(
        count == 0 ? "Error: no such client" : "Error: \(count) clients have this prefix")
    }
    storeAccess()
  }

  private func change(_ command: RegionCommand) throws(AdminCommandError) {
    // Tried on a copy first, so that what the host makes last is possible.
    var regions = configuration.regions
    try regions.apply(command)
    try apply(.region(command))
    let outcome = state.withLock { state -> Result<Void, AdminCommandError> in
      var configuration = state.machine.configuration
      do throws(AdminCommandError) {
        try configuration.regions.apply(command)
      } catch { return .failure(error) }
      state.machine.setConfiguration(configuration)
      return .success(())
    }
    try outcome.get()
  }
}
