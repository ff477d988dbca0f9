/// A call or a return, of the operation with that number.
@usableFromInline enum HistoryEvent: Sendable, Hashable {
  case call(Int)
  case `return`(Int)
}
