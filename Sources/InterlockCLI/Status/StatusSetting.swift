internal import Interlock
internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockWire

/// What `begin` and `set` have in common.
enum StatusSetting {
  static let reason = Option.text("--reason", "TEXT", "shown to others; at most 200 bytes")
  static let payload = Option<JSONObject>(
    name: "--payload", placeholder: "JSON",
    meaning:
      "an object that whoever reads the status finds again; for the flags of an inverter, its job "
      + "is the one that restores"
  ) { text throws(OptionProblem) in
    guard let object = (try? JSONValue(parsing: text))?.object else {
      throw OptionProblem(expected: "must be a JSON object")
    }
    return object
  }

  static let operands = [
    Operand(name: "NAME", meaning: "the status"),
    Operand(
      name: "TTL", meaning: "how long it lasts, such as 30m; from 1s to 366 days, 1h unless said",
      isOptional: true),
  ]
  static let options: [OptionDeclaration] = [
    BoardOption.board.optional, BoardOption.scope.optional, reason.optional, payload.optional,
    StatusFence.fence.optional, ArgumentParser.json.optional,
  ]
  static let statuses: [ExitStatus] = [
    .failed, .badInput, .unreachable, .otherConfiguration, .notPermitted,
  ]
  static let flags = """
    The flags of an inverter (FCRunning, FERunning, tpcRunning, tpdRunning, each alone or with its number as in \
    FCRunning1 and tpcRunning_1) are files that the legacy programs see; they are changed while holding the lock \
    inverter_write.
    """

  /// How long it is to last.
  static func ttl(_ arguments: Arguments) throws(CommandFailure) -> Duration {
    guard arguments.operands.count > 1 else { return StatusDraft.usual }
    guard let ttl = Duration(notation: arguments.operands[1]) else {
      throw CommandFailure(
        .usage, "TTL \(arguments.operands[1].withoutControls) does not suit",
        "it must be a duration such as 1.5s, 30s, 5m or 1h")
    }
    return ttl
  }
}
