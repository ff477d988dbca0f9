/// What is said on a new connection before it is of use: pure.
struct PostgresGreeting: Sendable {
  private enum Step: Sendable {
    case settings
    case identity
    case version
    case creation
    case preparation
  }

  private let session: Int64
  private let process: Int32
  private var step = Step.settings

  /// - Parameters:
  ///   - session: What the connection is to keep.
  ///   - process: What serves it, as the other side said when it was made.
  init(session: Int64, process: Int32) {
    (self.session, self.process) = (session, process)
  }

  /// What is to be sent now.
  var statements: String {
    switch step {
    case .settings:
      // Each statement is to see what was committed before it, whatever the database's default. What a crash of the server loses
      // is what the crash ends.
      """
      SET default_transaction_isolation = 'read committed';
      SET synchronous_commit = off;
      SET statement_timeout = '4s';
      SET client_min_messages = warning;
      SET search_path = pg_catalog;
      SET client_connection_check_interval = '1s';
      """
    case .identity:
      "SELECT pg_backend_pid(), current_setting('server_version_num'), current_setting('server_version')"
    case .version: "SELECT interlock.version()"
    case .creation: PostgresSchema.creation
    case .preparation:
      (PostgresLockBackend.statements + [PostgresWatches.statement, .ping]).map(\.preparation)
        .joined(separator: "\n")
        + "SELECT pg_advisory_lock(\(session)); LISTEN \"il_\(session)\";"
        // It looks at every name there is: now and then is often enough.
        + (session % 16 == 0 ? "SELECT interlock.sweep();" : "")
    }
  }

  /// Takes what came of them.
  ///
  /// - Throws: when the database is of no use for locks.
  /// - Returns: whether that was the last.
  mutating func take(_ reply: PostgresReply) throws(PostgresError) -> Bool {
    switch step {
    case .settings:
      // The first thing that needs what a replica or an old server has not.
      _ = try reply.get()
      step = .identity
    case .identity:
      let row = try reply.get().first ?? []
      guard row.count == 3, let found = row[0].flatMap({ Int32($0) }),
        let version = row[1].flatMap({ Int($0) })
      else { throw .refused(code: "", "it does not say what it is") }
      guard version >= 140_000 else { throw .tooOld(version: row[2] ?? "\(version)") }
      guard found == process else { throw .pooled }
      step = .version
    case .version:
      switch reply {
      case .success(let rows):
        let version = (rows.first?.first ?? nil).flatMap { Int($0) } ?? 0
        guard version <= PostgresSchema.version else {
          throw .newer(version: version, ours: PostgresSchema.version)
        }
        step = version == PostgresSchema.version ? .preparation : .creation
      // No such schema, no such function.
      case .failure(.refused("3F000", _)), .failure(.refused("42883", _)): step = .creation
      case .failure(let error): throw error
      }
    case .creation:
      _ = try reply.get()
      step = .preparation
    case .preparation:
      _ = try reply.get()
      return true
    }
    return false
  }
}
