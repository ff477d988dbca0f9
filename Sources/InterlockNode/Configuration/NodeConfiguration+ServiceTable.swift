internal import InterlockFileLocks

extension NodeConfiguration {
  static let lockSettings: [Setting<NodeConfiguration>] = [
    Setting(
      "locks.rollout", \.locks.rollout, SettingKind<RolloutMode>.word.orNull,
      "What interlock lock run, try and show take when --config names this file: GivTCP's lock file, that and "
        + "our lock, or our lock; null for bridge where a folder is known, otherwise native. The node takes none."
    ),
    Setting(
      "locks.legacyFolder", \.locks.legacyFolder, .path,
      "The folder of that lock file; null for none."),
  ]

  static let storageSettings: [Setting<NodeConfiguration>] = [
    Setting(
      "storage.directory", \.storage.directory, .path, effect: .onRestart,
      "Where state is kept; null for /var/lib/interlock as root, else $XDG_STATE_HOME/interlock or "
        + "~/.local/state/interlock, and simulated below it for a simulated modem."),
    Setting(
      "storage.ledgerFile", \.storage.ledgerFile, .path, effect: .onRestart,
      "The file that remembers the airtime that is spent; null for airtime.ledger in "
        + "storage.directory."),
    Setting(
      "storage.ledgerInterval", \.storage.ledgerInterval, .duration(.seconds(1)...(.seconds(60))),
      "How often it is saved, besides at the end and before each transmission."),
  ]

  static let logSettings: [Setting<NodeConfiguration>] = [
    Setting("log.level", \.log.level, .logLevel, "The least important lines that are written."),
    Setting("log.format", \.log.format, .word, "Lines for people, or one JSON object a line."),
    Setting(
      "log.file", \.log.file, .path, "The file they are appended to; null for standard error."),
  ]

  static let controlSettings: [Setting<NodeConfiguration>] = [
    Setting(
      "control.enabled", \.control.enabled, .boolean, effect: .onRestart,
      "Whether the node answers interlock radio stats and other programs of its user."),
    Setting(
      "control.socket", \.control.socket, .path, effect: .onRestart,
      "The socket's path; null for node.socket in storage.directory."),
  ]

  static let simulationSettings: [Setting<NodeConfiguration>] = [
    Setting(
      "simulation.seed", \.simulation.seed, .integer(0...1_000_000_000), effect: .onRestart,
      "Everything random in the neighbourhood follows from it."),
    Setting(
      "simulation.repeaters", \.simulation.repeaters, .integer(0...200), effect: .onRestart,
      "Other repeaters around the node."),
    Setting(
      "simulation.users", \.simulation.users, .integer(0...200), effect: .onRestart,
      "People with radios who send messages."),
    Setting(
      "simulation.messageInterval", \.simulation.messageInterval,
      .duration(.milliseconds(100)...(.seconds(86_400))), effect: .onRestart,
      "On average, from one message of a user to the next."),
    Setting(
      "simulation.areaKilometres", \.simulation.areaKilometres, .number(0.1...500, unit: " km"),
      effect: .onRestart, "The side of the square they are spread over."),
  ]
}
