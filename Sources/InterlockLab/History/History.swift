/// Who asked for what, when, and what came back: what a concurrent object did, as seen from outside.
///
/// Time is the order of the calls to the history itself. Call ``call(_:)`` before the operation can begin and
/// ``return(_:_:)`` after it ended, or let ``perform(_:_:)`` do both. From any thread.
public final class History<Model: SequentialModel>: Sendable {
  /// One operation that was called, for ``History/return(_:_:)``.
  public struct Token: Sendable, Hashable {
    fileprivate let operation: Int
  }

  /// All that was recorded: operations in the order of their calls, events in the order they came.
  @usableFromInline struct Record: Sendable {
    @usableFromInline var operations: [RecordedOperation<Model>] = []
    @usableFromInline var events: [HistoryEvent] = []
  }

  @usableFromInline let model: Model
  private let recorded = Shared(Record())
  /// The time for the report; nil for the number of the event.
  private let time: (@Sendable (AnyObject) -> Int)?

  /// An empty history.
  ///
  /// - Parameter model: What the object should do.
  public convenience init(_ model: Model) {
    self.init(model, time: nil)
  }

  init(_ model: Model, time: (@Sendable (AnyObject) -> Int)?) {
    self.model = model
    self.time = time
  }

  /// What was recorded so far, in the order of the calls.
  public var operations: [RecordedOperation<Model>] { record.operations }

  @usableFromInline var record: Record { recorded.withLock { $0 } }

  /// Somebody calls an operation.
  ///
  /// It is pending until ``return(_:_:)`` says what came of it.
  ///
  /// - Parameter operation: What is asked.
  /// - Returns: what to name it by when it returns.
  public func call(_ operation: Model.Operation) -> Token {
    let time = time?(self)
    return recorded.withLock { record in
      record.operations.append(
        RecordedOperation(operation: operation, called: time ?? record.events.count + 1))
      record.events.append(.call(record.operations.count - 1))
      return Token(operation: record.operations.count - 1)
    }
  }

  /// An operation returned, which each does at most once.
  ///
  /// - Parameters:
  ///   - token: What ``call(_:)`` gave.
  ///   - result: What was answered.
  public func `return`(_ token: Token, _ result: Model.Result) {
    let time = time?(self)
    recorded.withLock { record in
      precondition(
        record.operations[token.operation].returned == nil,
        "operation \(token.operation + 1) of the history returned twice")
      record.operations[token.operation].result = result
      record.operations[token.operation].returned = time ?? record.events.count + 1
      record.events.append(.return(token.operation))
    }
  }

  /// Calls an operation, does it and records what it returned.
  ///
  /// One that throws stays pending, as nobody knows whether it took effect. If an error means that it did not,
  /// return it as a result the model knows.
  ///
  /// - Parameters:
  ///   - operation: What is asked.
  ///   - body: Asks it of the object.
  /// - Returns: what `body` returned.
  /// - Throws: what `body` throws.
  @discardableResult
  public func perform<Failure: Error>(
    _ operation: Model.Operation, _ body: () async throws(Failure) -> Model.Result
  ) async throws(Failure) -> Model.Result {
    let token = call(operation)
    let result = try await body()
    self.return(token, result)
    return result
  }
}
