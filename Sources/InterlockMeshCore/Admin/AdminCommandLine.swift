internal import InterlockWire

/// Reads commands of the remote administration.
public enum AdminCommandLine {
  /// The longest time the radio can be changed for, in minutes: a week.
  static let temporaryMinutes = 1...10_080
  /// The shortest and longest prefix of a key that names a client or neighbour, in bytes.
  private static let prefixBytes = 1...PublicKey.byteCount

  /// Splits off a prefix of two characters and `|`, which clients find answers by.
  ///
  /// - Returns: The prefix, which is repeated before the answer, and the command.
  public static func split(_ line: String) -> (prefix: String, command: String) {
    let bytes = Array(line.utf8)
    guard bytes.count >= 3, bytes[2] == UInt8(ascii: "|"), bytes[0] < 0x80, bytes[1] < 0x80 else {
      return ("", line)
    }
    return (
      String(decoding: bytes[..<3], as: UTF8.self), String(decoding: bytes[3...], as: UTF8.self)
    )
  }

  /// Reads one command.
  ///
  /// - Parameter line: Without the prefix; spaces around it do not matter.
  /// - Returns: The command.
  /// - Throws: What its sender is told.
  public static func parse(_ line: String) throws(AdminCommandError) -> AdminCommand {
    let (word, rest) = firstWord(line[...])
    switch (word, rest.isEmpty) {
    case ("ver", true): return .version
    case ("clock", true): return .clock
    case ("clock", false) where rest == "sync": return .clockSync
    case ("advert", true): return .advert(.flood)
    case ("advert.zerohop", true): return .advert(.zeroHop)
    case ("neighbors", true): return .neighbours
    case ("neighbor.remove", _): return .removeNeighbour(prefix: try prefix(rest))
    case ("discover.neighbors", true): return .discoverNeighbours
    case ("clear", false) where rest == "stats": return .clearStatistics
    case ("password", _):
      guard AdminPassword(rest) != nil else {
        throw .range("password", "1…\(AdminPassword.maximumBytes) bytes long")
      }
      return .password(rest)
    case ("get", false): return .get(try name(rest))
    case ("set", false):
      let (setting, value) = firstWord(rest[...])
      return .set(try name(setting).setting(value))
    case ("tempradio", false): return try temporaryRadio(rest)
    case ("setperm", false): return try permissions(rest)
    case ("region", _): return .region(try region(rest))
    case ("reboot", true): return .reboot
    default: throw .unknown
    }
  }

  private static func firstWord(_ text: Substring) -> (word: String, rest: String) {
    let trimmed = text.drop { $0 == " " }
    let word = trimmed.prefix { $0 != " " }
    var rest = trimmed[word.endIndex...].drop { $0 == " " }
    while rest.last == " " { rest.removeLast() }
    return (String(word), String(rest))
  }

  private static func name(_ text: String) throws(AdminCommandError) -> AdminSettingName {
    guard let name = AdminSettingName(rawValue: text) else {
      throw AdminCommandError("Error: there is no setting “\(text)”")
    }
    return name
  }

  private static func prefix(_ text: String) throws(AdminCommandError) -> [UInt8] {
    guard let bytes = Hex.decode(text), prefixBytes.contains(bytes.count) else {
      throw .range(
        "a key prefix", "\(prefixBytes.lowerBound)…\(prefixBytes.upperBound) bytes in hex")
    }
    return bytes
  }

  private static func temporaryRadio(_ text: String) throws(AdminCommandError) -> AdminCommand {
    let fields = text.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == 5, let minutes = Int(fields[4]), temporaryMinutes.contains(minutes) else {
      throw AdminCommandError(
        "Error: tempradio FREQ,BW,SF,CR,MINUTES, \(temporaryMinutes.upperBound) minutes at most")
    }
    return .temporaryRadio(try RadioParameters.parse(Array(fields[..<4])), minutes: minutes)
  }

  private static func permissions(_ text: String) throws(AdminCommandError) -> AdminCommand {
    let (key, value) = firstWord(text[...])
    guard let permissions = UInt8(value) else {
      throw .range("permissions", "0…255, of which 0 is a guest, 1 reads, 2 writes, 3 administers")
    }
    return .setPermissions(prefix: try prefix(key), Permissions(rawValue: permissions))
  }

  private static func region(_ text: String) throws(AdminCommandError) -> RegionCommand {
    let (word, rest) = firstWord(text[...])
    let (region, parent) = firstWord(rest[...])
    switch (word, region.isEmpty, parent.isEmpty) {
    case ("", true, true), ("list", true, true): return .list
    case ("save", true, true): return .save
    case ("get", false, true): return .get(region)
    case ("put", false, _): return .put(region, parent: parent.isEmpty ? nil : parent)
    case ("remove", false, true): return .remove(region)
    case ("allowf", false, true): return .setFlood(region, isAllowed: true)
    case ("denyf", false, true): return .setFlood(region, isAllowed: false)
    default:
      throw AdminCommandError("Error: region list, save, or get|put|remove|allowf|denyf NAME")
    }
  }
}
