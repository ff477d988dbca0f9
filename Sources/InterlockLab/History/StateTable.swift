/// Gives the states a search meets numbers, so that the search itself need not know what they are.
@usableFromInline struct StateTable<Model: SequentialModel> {
  /// The number of the state before the first operation.
  @inlinable static var initial: Int { 0 }

  @usableFromInline let model: Model
  @usableFromInline let operations: [RecordedOperation<Model>]
  @usableFromInline var states: [Model.State]
  @usableFromInline var numbers: [Model.State: Int]

  @inlinable init(_ model: Model, _ operations: [RecordedOperation<Model>]) {
    self.model = model
    self.operations = operations
    states = [model.initial]
    numbers = [model.initial: Self.initial]
  }

  @inlinable subscript(number: Int) -> Model.State { states[number] }

  /// The state an operation leaves; nil when it cannot have had its result.
  @inlinable mutating func next(_ state: Int, _ operation: Int) -> Int? {
    let recorded = operations[operation]
    guard let next = model.step(states[state], recorded.operation, recorded.result) else {
      return nil
    }
    if next == states[state] { return state }
    if let number = numbers[next] { return number }
    states.append(next)
    numbers[next] = states.count - 1
    return states.count - 1
  }
}
