/// What makes two failures the same defect, as far as can be told: their kind, and where they were told.
///
/// Messages may have anything in them. While a schedule is made small others fail as well, and some of them by another defect.
struct Likeness: Sendable, Hashable {
  private let kind: String
  private let place: String

  /// - Parameters:
  ///   - outcome: How a run ended.
  ///   - place: Where the body told it, if it did.
  init(_ outcome: Outcome, at place: String) {
    kind = outcome.kind
    self.place = place
  }
}
