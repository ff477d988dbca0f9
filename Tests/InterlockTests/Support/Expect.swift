import Testing

/// Compares what a step answers: the macro does not let a step change what it is asked of.
func expect<Value: Equatable>(
  _ found: Value, is wanted: Value, _ comment: Comment? = nil,
  at place: SourceLocation = #_sourceLocation
) {
  #expect(found == wanted, comment, sourceLocation: place)
}
