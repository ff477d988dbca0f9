/// Histories of what is done in a run.
extension Lab {
  /// An empty history whose times are the steps of this run, as in its trace.
  ///
  /// - Parameter model: What the object should do.
  /// - Returns: the history.
  public func history<Model>(_ model: Model) -> History<Model> {
    // What came first is the whole point of a history: a reduced search must try both orders.
    History(model) { history in
      touch(history)
      return engine.steps
    }
  }

  /// Fails the run when a history is not linearizable, or not known to be.
  ///
  /// - Parameters:
  ///   - history: What was done so far.
  ///   - limit: How many configurations the search may look at.
  ///   - file: Where it is asked, as for ``check(_:_:file:line:)``.
  ///   - line: Where in it.
  public func check<Model>(
    _ history: History<Model>, limit: Int = Linearizability.defaultLimit, file: String = #fileID,
    line: Int = #line
  ) {
    let verdict = Linearizability.check(history, limit: limit)
    check(verdict.isLinearizable, verdict.description, file: file, line: line)
  }
}
