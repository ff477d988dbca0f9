internal import Interlock
internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockSystem

/// Holds a lock while a program runs.
struct LockRunner: Sendable {
  /// How the race of a signal and the work ended.
  private enum Event: Sendable {
    case interrupted(Int32?)
    case ended(Result<SupervisionEnd, any Error>)
  }

  let name: LockName
  let mode: LockMode
  let timeout: Duration?
  let options: LockOptions
  let words: [String]
  let policy: SupervisionMachine.Policy
  let killAfter: Duration

  /// Takes the lock, runs the program, gives the lock back.
  ///
  /// - Throws: `CommandFailure`; `SilentEnd` with the program's status when that is not 0.
  func run(_ client: LockClient) async throws {
    let interruption = FirstAnswer<Int32?>()
    let supervisor: CommandSupervisor
    do {
      supervisor = try CommandSupervisor(policy, killAfter: killAfter) { interruption.give($0) }
    } catch {
      throw CommandFailure(.failed, error.what, "free some descriptors or threads")
    }
    defer { supervisor.close() }
    let (signal, result) = await race(client, supervisor, interruption)
    let end: SupervisionEnd
    do {
      end = try result.get()
    } catch let error as SystemError {
      throw startFailure(error)
    } catch let error as LockError {
      throw failure(error)
    } catch is CancellationError {
      throw SilentEnd(ExitStatus(rawValue: 128 + (signal ?? 0)))
    }
    if end.isLeaseOver {
      throw CommandFailure(
        .leaseLost, "the lock '\(name)' could not be kept while \(words[0]) ran",
        "\(words[0]) ended with \(end.program.status); what it did last may have met another's work"
      )
    }
    if end.program.status != 0 { throw SilentEnd(ExitStatus(rawValue: end.program.status)) }
  }

  private func race(
    _ client: LockClient, _ supervisor: CommandSupervisor, _ interruption: FirstAnswer<Int32?>
  ) async -> (Int32?, Result<SupervisionEnd, any Error>) {
    await withTaskGroup(of: Event.self) { group in
      group.addTask {
        do {
          return .ended(.success(try await hold(client, supervisor)))
        } catch {
          return .ended(.failure(error))
        }
      }
      group.addTask { .interrupted(await interruption.value) }
      var (signal, result): (Int32?, Result<SupervisionEnd, any Error>?) = (nil, nil)
      for await event in group {
        switch event {
        case .interrupted(let number):
          signal = number
          if number != nil { group.cancelAll() }
        case .ended(let ending):
          result = ending
          interruption.give(nil)
        }
      }
      guard let result else { preconditionFailure("the work ended without a result") }
      return (signal, result)
    }
  }

  private func hold(
    _ client: LockClient, _ supervisor: CommandSupervisor
  ) async throws -> SupervisionEnd {
    try await client.withLock(name, mode, timeout: timeout, options: options) { lease in
      try await supervise(lease, supervisor)
    }
  }

  private func supervise(
    _ lease: LockLease, _ supervisor: CommandSupervisor
  ) async throws -> SupervisionEnd {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { for await _ in lease.losses { supervisor.leaseWasLost() } }
      defer { group.cancelAll() }
      // The end of the lease itself is watched by the supervisor's thread.
      return try await supervisor.run(
        command(lease), term: lease.left == nil ? nil : options.term,
        validUntil: { lease.validUntil })
    }
  }

  private func command(_ lease: LockLease) -> SupervisedCommand {
    SupervisedCommand(
      words,
      environment: [
        "INTERLOCK_NAME": lease.name.text, "INTERLOCK_FENCE": "\(lease.fence)",
        "INTERLOCK_TOKEN": lease.token, "INTERLOCK_DOMAIN": lease.fenceDomain,
      ], leaseVariable: "INTERLOCK_LEASE_FD")
  }

  private func startFailure(_ error: SystemError) -> CommandFailure {
    error.isMissing
      ? CommandFailure(.notFound, error.what, "check its name, and PATH")
      : CommandFailure(.notRunnable, error.what, "check that it is a program this user may run")
  }

  private func failure(_ error: LockError) -> CommandFailure {
    guard case .lost(let loss) = error.reason else { return CommandFailure(error) }
    return CommandFailure(
      .leaseLost, "the lock '\(name)' was lost while \(words[0]) ran: \(loss)",
      "what \(words[0]) did last may have met another's work")
  }
}
