internal import InterlockTestKit

/// A drill: what is done to a lock by several processes, and what has to come of it.
struct Drill: Sendable {
  /// Does it, and says what it did, saw, and what of that must not be.
  typealias Script = @Sendable (inout DrillFleet) throws -> DrillOutcome

  let name: String
  let summary: String
  let guarded: Script
  /// The legacy programs' way.
  let unguarded: Script
  /// Whether it needs a server, and a way to restart it.
  var restartsServer = false
}

/// What a drill did and saw.
struct DrillOutcome: Sendable {
  /// What was tried.
  var tried: String
  /// What was seen, besides what every drill tells.
  var saw: [String] = []
  /// What must not be, besides what every log is judged by.
  var complaints: [String] = []
  /// Whether each addition to the guarded number has to be there: not where a holder was robbed of the lock.
  var countsWrites = true
  /// Whether what is recorded has to agree with what is, when all is over.
  var checksRecord = true
  /// Whether whoever asked first has to be first.
  var keepsOrder = true
}
