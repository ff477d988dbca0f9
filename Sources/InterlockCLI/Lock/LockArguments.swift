internal import Interlock
internal import InterlockCommandLine
internal import InterlockFileLocks
internal import InterlockLocks
internal import InterlockNode

/// The options and operands of the commands about locks.
enum LockArguments {
  static let backend = Option<BackendLocation>.location(
    "--backend",
    "where locks are: file:///FOLDER for the processes of this machine, redis://… or rediss://… for "
      + "whatever reaches that server, redis+quorum://A,B,C for what the majority of three, five or "
      + "seven servers decides, postgres://… for whatever reaches that database, memory: for nothing "
      + "but this one; without it as INTERLOCK_BACKEND says, or in $XDG_RUNTIME_DIR/interlock "
      + "(/var/lib/interlock for root)")
  static let compat = Option.word(
    "--compat", BackendLocation.lockForms,
    "whose locks on a Redis server: those of other software are on its own keys, and exclude it; the name is then the one it "
      + "uses, for nodb RUNID|RELPATH"
  ).defaulting(to: "native")
  static let reason = Option<String>(
    name: "--reason", placeholder: "TEXT", meaning: "what it is for; shown to others"
  ) { text throws(OptionProblem) in
    guard text.utf8.count <= LockOptions.longestReason else {
      throw OptionProblem(expected: "must have at most \(LockOptions.longestReason) bytes")
    }
    return text
  }
  static let name = Operand(name: "NAME", meaning: "the lock: 1 to 512 bytes of any text")
  static let prefix = Operand(
    name: "PREFIX", meaning: "a name: that lock, and those whose names go on with a slash")

  /// The statuses every command about locks may end with.
  static let statuses: [ExitStatus] = [
    .failed, .badInput, .unreachable, .otherConfiguration, .notPermitted,
  ]

  /// The name an operand gives.
  ///
  /// - Throws: `CommandFailure` with status 65 when it is none.
  static func name(_ text: String) throws(CommandFailure) -> LockName {
    do throws(LockError) { return try LockName(text) } catch { throw CommandFailure(error) }
  }

  /// Opens the locks that were asked for, does something with a client of them, and lets it go.
  ///
  /// - Throws: `CommandFailure` for every failure of a lock, and what `work` throws.
  static func withClient<Result>(
    _ arguments: Arguments,
    _ rollout: (mode: RolloutMode, files: LegacyLockFiles?) = (.native, nil),
    companion: (any LockCompanion)? = nil, _ work: (LockClient) async throws -> Result
  ) async throws -> Result {
    let client =
      if let files = rollout.files {
        try await rollout.mode.client(beside: files) { try await open(arguments) }
      } else {
        LockClient(try await open(arguments), companion: companion)
      }
    do {
      let result = try await work(client)
      await client.backend.close()
      return result
    } catch {
      await client.backend.close()
      if let error = error as? LockError { throw CommandFailure(error) }
      throw error
    }
  }

  private static func open(_ arguments: Arguments) async throws -> any LockBackend {
    let location = try arguments.location(backend)
    do {
      return try await location.openLocks(form: try arguments[compat])
    } catch let error as NodeError {
      throw CommandFailure(ExitStatus(error.kind), error.what, error.remedy)
    } catch let error as LockError {
      throw CommandFailure(error)
    }
  }
}

extension CommandFailure {
  /// What a failure of a lock is for a script, and what to do about it.
  init(_ error: LockError) {
    switch error.reason {
    case .timedOut:
      self.init(.notInTime, error, "interlock lock show tells who holds it and who waits")
    case .queueFull: self.init(.notInTime, error)
    case .lost, .yielded:
      self.init(.leaseLost, error, "what was done since may have met another's work")
    case .deadlock: self.init(.deadlockVictim, error, "take locks in the same order everywhere")
    case .wouldDeadlock: self.init(.deadlockVictim, error)
    case .invalidName: self.init(.badInput, error)
    case .configurationMismatch, .wrongType: self.init(.otherConfiguration, error)
    case .unavailable:
      self.init(.unreachable, error, "check that it runs and can be reached from here")
    case .readOnly, .notPermitted:
      self.init(.notPermitted, error, "choose a user, or a place, for which it is allowed")
    case .notHolder, .fencedOut:
      self.init(.failed, error, "interlock lock show tells who holds it now")
    case .invalidOption: self.init(.usage, error, "interlock lock run --help lists the options")
    }
  }

  /// An error with advice; without, one that ends with its own.
  private init(_ status: ExitStatus, _ error: LockError, _ remedy: String? = nil) {
    let text = "\(error)"
    if let remedy {
      self.init(status, text, remedy)
    } else if let semicolon = text.ranges(of: "; ").last {
      self.init(
        status, String(text[..<semicolon.lowerBound]), String(text[semicolon.upperBound...]))
    } else {
      self.init(status, text, "see interlock help lock run")
    }
  }
}
