internal import Interlock
internal import InterlockCommandLine
internal import InterlockCrypto
internal import InterlockFileLocks
internal import InterlockLocks
internal import InterlockNode
internal import InterlockSystem

/// Which status board a command is about.
enum BoardOption {
  static let board = Option<BackendLocation>.location(
    "--board",
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
    let owner = LockOwner(host: Machine.host, process: 0, command: "interlock")
    let backend = FileStatusBackend(
      directory: try directory(arguments), clock: SystemClock())
    return StatusBoard(
      backend, session: LockSession(owner: owner, secret: SecureRandom().next()))
  }

  private static func directory(_ arguments: Arguments) throws -> String {
    let location = try arguments.location(board)
    let remedy = "give the folder of one: file:///DIR"
    let folder: String
    switch location.place {
    case .files(let path): folder = path
    case .memory: throw CommandFailure(.usage, "a board in memory ends with this command", remedy)
    case .redis, .redisQuorum, .postgres:
      throw CommandFailure(.unreachable, "this build has no board at \(location.title)", remedy)
    }
    // The usual folder is made when it is missing; one that somebody named is where they say it is.
    guard try arguments[board] == nil else { return folder }
    do throws(SystemError) {
      try Folder.make(folder)
    } catch {
      throw CommandFailure(.notPermitted, error.what, "say where the board is: --board file:///DIR")
    }
    return folder
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
