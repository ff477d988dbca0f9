internal import Interlock
internal import InterlockCommandLine
internal import InterlockCrypto
internal import InterlockFileLocks
internal import InterlockLocks
internal import InterlockNode
internal import InterlockRedis
internal import InterlockSystem

/// Which status board a command is about.
enum BoardOption {
  static let board = Option<BackendLocation>.location(
    "--board",
    "the board: file:///DIR, or redis://… or rediss://… for whatever reaches that server; without it, that of INTERLOCK_BACKEND, or of $XDG_RUNTIME_DIR/interlock, "
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
    return StatusBoard(
      try backend(arguments), session: LockSession(owner: owner, secret: SecureRandom().next()))
  }

  private static func backend(_ arguments: Arguments) throws -> any StatusBackend {
    let location = try arguments.location(board)
    let remedy = "give a folder, file:///DIR, or a server, redis://HOST:PORT/DATABASE"
    switch location.place {
    case .files(let path):
      return FileStatusBackend(
        directory: try directory(path, arguments), clock: SystemClock())
    case .redis:
      do {
        return try RedisStatusBackend(RedisURL(location.url))
      } catch let error as RedisURL.Fault {
        throw CommandFailure(.usage, "\(location.title) is no Redis server: \(error)", remedy)
      }
    case .memory: throw CommandFailure(.usage, "a board in memory ends with this command", remedy)
    case .redisQuorum, .postgres:
      throw CommandFailure(.unreachable, "there are no boards at \(location.title)", remedy)
    }
  }

  private static func directory(_ folder: String, _ arguments: Arguments) throws -> String {
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
      case .unavailable: (.unreachable, "look at the folder or the server of --board")
      case .readOnly, .notPermitted:
        (
          .notPermitted,
          "look at the owner and mode of the folder of --board, or what the server lets its user do"
        )
      }
    self.init(status, "\(error)", remedy)
  }
}
