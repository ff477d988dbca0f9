internal import Interlock
public import InterlockLocks

/// Looking at what is recorded; nothing is changed by it.
extension PostgresLockBackend {
  static let inspectStatement = PostgresStatement(rowsOf: "inspect", "text, bigint")

  /// What is recorded about a lock.
  ///
  /// - Throws: `LockError`.
  /// - Returns: its holders and waiters.
  public func record(of name: LockName) async throws(LockError) -> LockRecord {
    try await inspect(name).record(of: name)
  }

  /// What does not agree in the rows of a lock.
  ///
  /// - Throws: `LockError`.
  /// - Returns: a line for each; none when all agree.
  public func disagreements(about name: LockName) async throws(LockError) -> [String] {
    try await inspect(name).disagreements
  }

  /// What is recorded about every lock at or below a name.
  ///
  /// - Throws: `LockError`.
  /// - Returns: those that are held or waited for.
  public func records(below prefix: LockName?) async throws(LockError) -> [LockRecord] {
    let rows = try await askRepeatedly(Self.inspectStatement, prefix ?? "*", [.null, .session]).rows
    var entries: [String: [String]] = [:]
    for row in rows ?? [] where row.count == 2 {
      if let name = row[0], let entry = row[1] { entries[name, default: []].append(entry) }
    }
    return entries.compactMap { text, entries -> LockRecord? in
      guard let name = try? LockName(verbatim: text), prefix.map(name.isBelow) ?? true else {
        return nil
      }
      let record = PostgresInspection(entries).record(of: name)
      return record.isIdle ? nil : record
    }.sorted { $0.name.text.utf8.lexicographicallyPrecedes($1.name.text.utf8) }
  }

  private func inspect(_ name: LockName) async throws(LockError) -> PostgresInspection {
    let rows = try await askRepeatedly(
      Self.inspectStatement, name, [.text(name.text), .session]
    ).rows
    return PostgresInspection((rows ?? []).compactMap { $0.count == 2 ? $0[1] : nil })
  }
}
