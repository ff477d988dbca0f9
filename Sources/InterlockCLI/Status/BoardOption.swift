internal import Interlock
internal import InterlockCommandLine
internal import InterlockCrypto
internal import InterlockFileLocks
internal import InterlockLocks
internal import InterlockSystem
internal import InterlockWire

/// Which status board a command is about.
enum BoardOption {
  static let board = Option.text(
    "--board", "URL",
    "the board: file:///DIR; without it, that of INTERLOCK_BACKEND, or of $XDG_RUNTIME_DIR/interlock, "
      + "for root of /var/lib/interlock")
  static let scope = Option.text(
    "--scope", "SCOPE", "the scope the status lies in; without it, none")

  /// Opens the board.
  ///
  /// - Throws: `CommandFailure`: it is no URL of a board, or there is no usual place.
  /// - Returns: the board, and who the command is on it.
  static func open(_ arguments: Arguments, _ console: Console) throws -> StatusBoard {
    // What a command sets outlives it: its owner is whoever typed it, and no process that could be found gone.
    let owner = LockOwner(host: HostProcess.hostName, process: 0, command: "interlock")
    let backend = FileStatusBackend(
      directory: try directory(arguments), clock: SystemClock())
    return StatusBoard(
      backend, session: LockSession(owner: owner, secret: SecureRandom().next()))
  }

  private static func directory(_ arguments: Arguments) throws -> String {
    if let url = try arguments[board] { return try directory(of: url, given: "--board") }
    if let url = ProcessEnvironment.value("INTERLOCK_BACKEND"), !url.isEmpty {
      return try directory(of: url, given: "INTERLOCK_BACKEND")
    }
    let usual = try usualDirectory()
    do throws(SystemError) {
      try Folder.make(usual)
    } catch {
      throw CommandFailure(.notPermitted, error.what, "say where the board is: --board file:///DIR")
    }
    return usual
  }

  private static func usualDirectory() throws(CommandFailure) -> String {
    if ProcessEnvironment.isRoot { return "/var/lib/interlock" }
    guard let folder = ProcessEnvironment.value("XDG_RUNTIME_DIR"), folder.hasPrefix("/") else {
      throw CommandFailure(
        .usage, "XDG_RUNTIME_DIR does not say where this user's boards are",
        "say where the board is: --board file:///DIR")
    }
    return "\(folder)/interlock"
  }

  /// The folder of a `file:` URL.
  static func directory(of url: String, given name: String) throws(CommandFailure) -> String {
    let scheme = "file://"
    guard url.hasPrefix(scheme), let path = decoded(url.dropFirst(scheme.count)),
      path.hasPrefix("/")
    else {
      throw CommandFailure(
        .usage, "\(name) \(url.withoutControls) is no board",
        "give the folder of one: file:///DIR")
    }
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// A path with its `%XX` read; nil when one is none, or hides a null.
  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let pair = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)),
        pair.count == 1, pair[0] != 0
      else { return nil }
      bytes += pair
      rest = rest.dropFirst(2)
    }
    return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
  }

  /// Does something with a board; what it refuses ends the command with the status for that.
  static func with<Result>(
    _ arguments: Arguments, _ console: Console, _ work: (StatusBoard) async throws -> Result
  ) async throws -> Result {
    do {
      return try await work(try open(arguments, console))
    } catch let error as StatusError {
      throw CommandFailure(error)
    }
  }
}

extension CommandFailure {
  /// What the refusal of a board means for a command.
  init(_ error: StatusError) {
    let (status, remedy): (ExitStatus, String) =
      switch error.reason {
      case .alreadySet: (.failed, "wait for its end, or set it all the same: interlock status set")
      case .notCurrent: (.failed, "interlock status get shows what is set")
      case .needsFence: (.usage, "give --fence")
      case .fencedOut: (.failed, "somebody else changed it since: look again")
      case .invalidName: (.badInput, "give another name")
      case .invalidOption: (.usage, "give one that is in the range")
      case .full: (.failed, "interlock status list shows what is set")
      case .unusable: (.otherConfiguration, "interlock status clear removes it")
      case .unavailable: (.unreachable, "look at the folder of --board")
      case .readOnly, .notPermitted:
        (.notPermitted, "look at the owner and mode of the folder of --board")
      }
    self.init(status, "\(error)", remedy)
  }
}
