import InterlockLab
import Testing

/// What each model that comes with the lab accepts and rejects.
@Suite struct ModelTests {
  /// Whether operations one after the other are linearizable; those without a result stay pending.
  private func accepts<Model: SequentialModel>(
    _ model: Model, _ operations: [(Model.Operation, Model.Result?)]
  ) -> Bool {
    let history = History(model)
    for (operation, result) in operations {
      let token = history.call(operation)
      if let result { history.return(token, result) }
    }
    return Linearizability.check(history).isLinearizable
  }

  @Test func `a register gives what was written last`() {
    let model = RegisterModel(initial: "a")
    #expect(
      accepts(
        model, [(.read, .value("a")), (.write("b"), .written), (.read, .value("b"))]))
    #expect(!accepts(model, [(.write("b"), .written), (.read, .value("a"))]))
    #expect(!accepts(model, [(.read, .value("b"))]))
    #expect(!accepts(model, [(.read, .written)]))
    #expect(!accepts(model, [(.write("b"), .value("b"))]))
  }

  @Test func `a write that never returned was seen from some moment on, or never`() {
    let model = RegisterModel(initial: 0)
    #expect(accepts(model, [(.write(1), nil), (.read, .value(0)), (.read, .value(1))]))
    #expect(accepts(model, [(.write(1), nil), (.read, .value(0)), (.read, .value(0))]))
    #expect(!accepts(model, [(.write(1), nil), (.read, .value(1)), (.read, .value(0))]))
    #expect(!accepts(model, [(.read, .value(1)), (.write(1), nil)]))
    #expect(accepts(model, [(.read, nil), (.write(1), .written), (.read, .value(1))]))
  }

  @Test func `a compare-and-set replaces just what it expects`() {
    let model = CompareAndSetModel(initial: 0)
    #expect(
      accepts(
        model,
        [
          (.compareAndSet(0, 1), .written), (.compareAndSet(0, 2), .refused),
          (.read, .value(1)), (.write(0), .written), (.compareAndSet(0, 2), .written),
          (.read, .value(2)),
        ]))
    #expect(
      !accepts(model, [(.compareAndSet(0, 1), .written), (.compareAndSet(0, 2), .written)]))
    #expect(!accepts(model, [(.compareAndSet(0, 1), .refused)]))
    #expect(accepts(model, [(.compareAndSet(0, 1), nil), (.compareAndSet(1, 2), .written)]))
    #expect(!accepts(model, [(.compareAndSet(1, 2), nil), (.read, .value(2))]))
    #expect(!accepts(model, [(.compareAndSet(0, 1), .value(1))]))
    #expect(!accepts(model, [(.write(1), .refused)]))
  }

  @Test func `a queue gives in order, each element once`() {
    let model = QueueModel<Int>()
    let two: [(QueueModel<Int>.Operation, QueueModel<Int>.Result?)] = [
      (.enqueue(1), .enqueued), (.enqueue(2), .enqueued),
    ]
    #expect(
      accepts(
        model,
        two + [(.dequeue, .dequeued(1)), (.dequeue, .dequeued(2)), (.dequeue, .empty)]))
    #expect(!accepts(model, two + [(.dequeue, .dequeued(2))]))
    #expect(!accepts(model, two + [(.dequeue, .empty)]))
    #expect(!accepts(model, two + [(.dequeue, .dequeued(1)), (.dequeue, .dequeued(1))]))
    #expect(accepts(model, two + [(.dequeue, nil), (.dequeue, .dequeued(2))]))
    #expect(accepts(model, [(.enqueue(3), nil), (.dequeue, .empty), (.dequeue, .dequeued(3))]))
    #expect(!accepts(model, [(.dequeue, nil), (.dequeue, .dequeued(1))]))
    #expect(!accepts(model, [(.enqueue(1), .empty)]))
    #expect(accepts(QueueModel(initial: [7]), [(.dequeue, .dequeued(7)), (.dequeue, .empty)]))
  }

  @Test func `a set says of each element whether it is there`() {
    let model = SetModel<String>()
    #expect(
      accepts(
        model,
        [
          (.contains("a"), false), (.insert("a"), true), (.insert("a"), false),
          (.contains("a"), true), (.contains("b"), false), (.remove("a"), true),
          (.remove("a"), false), (.insert("b"), true),
        ]))
    #expect(!accepts(model, [(.insert("a"), true), (.insert("a"), true)]))
    #expect(!accepts(model, [(.insert("a"), true), (.contains("b"), true)]))
    #expect(!accepts(model, [(.insert("a"), true), (.contains("a"), false)]))
    #expect(!accepts(model, [(.remove("a"), true)]))
    #expect(accepts(model, [(.insert("a"), nil), (.contains("a"), false), (.remove("a"), true)]))
    #expect(accepts(model, [(.insert("a"), true), (.remove("a"), nil), (.insert("a"), true)]))
  }

  @Test func `a fenced mutex has one holder, and its tokens grow`() {
    let model = FencedMutexModel()
    #expect(
      accepts(
        model,
        [
          (.acquire, .acquired(1)), (.acquire, .refused), (.release(2), .refused),
          (.release(1), .released), (.release(1), .refused), (.acquire, .acquired(5)),
          (.revoke, .released), (.revoke, .refused), (.release(5), .refused),
          (.acquire, .acquired(6)),
        ]))
    #expect(!accepts(model, [(.acquire, .acquired(1)), (.acquire, .acquired(2))]))
    #expect(!accepts(model, [(.acquire, .refused)]))
    #expect(!accepts(model, [(.acquire, .acquired(1)), (.release(1), .refused)]))
    #expect(!accepts(model, [(.acquire, .acquired(1)), (.release(2), .released)]))
    #expect(!accepts(model, [(.release(1), .released)]))
    #expect(!accepts(model, [(.revoke, .released)]))
    #expect(!accepts(model, [(.acquire, .acquired(1)), (.revoke, .refused)]))
    for token: UInt64 in [3, 4] {
      #expect(
        !accepts(
          model,
          [(.acquire, .acquired(4)), (.release(4), .released), (.acquire, .acquired(token))]))
    }
    #expect(!accepts(FencedMutexModel(fence: 9), [(.acquire, .acquired(9))]))
    #expect(!accepts(model, [(.acquire, .released)]))
    #expect(!accepts(model, [(.revoke, .acquired(1))]))
    #expect(!accepts(model, [(.acquire, .acquired(1)), (.release(1), .acquired(2))]))
  }

  @Test func `an acquire that never returned may hold a token nobody knows`() {
    let model = FencedMutexModel()
    #expect(accepts(model, [(.acquire, nil), (.acquire, .refused)]))
    #expect(accepts(model, [(.acquire, nil), (.acquire, .acquired(1))]))
    #expect(accepts(model, [(.acquire, nil), (.acquire, .refused), (.release(3), .released)]))
    #expect(
      accepts(
        model, [(.acquire, nil), (.acquire, .refused), (.revoke, nil), (.acquire, .acquired(2))]))
    // Its token is at least 1, so the next is at least 2.
    #expect(
      !accepts(
        model,
        [(.acquire, nil), (.acquire, .refused), (.revoke, .released), (.acquire, .acquired(1))]))
    #expect(!accepts(model, [(.acquire, nil), (.acquire, .refused), (.acquire, .acquired(2))]))
    #expect(
      accepts(
        model, [(.acquire, .acquired(1)), (.release(1), nil), (.acquire, .acquired(2))]))
    #expect(!accepts(FencedMutexModel(fence: .max), [(.acquire, nil), (.acquire, .refused)]))
  }

  @Test func `credits are taken only if they are there`() {
    let model = CreditModel(initial: 3)
    #expect(
      accepts(
        model,
        [
          (.balance, .balance(3)), (.take(2), .taken), (.take(2), .refused), (.give(1), .given),
          (.take(2), .taken), (.balance, .balance(0)),
        ]))
    #expect(!accepts(model, [(.take(2), .taken), (.take(2), .taken)]))
    #expect(!accepts(model, [(.take(3), .refused)]))
    #expect(!accepts(model, [(.take(1), .taken), (.balance, .balance(3))]))
    #expect(!accepts(model, [(.give(1), .taken)]))
    #expect(!accepts(model, [(.take(-1), .taken)]))
    #expect(!accepts(model, [(.give(-1), .given)]))
    #expect(!accepts(model, [(.give(.max), .given)]))
    #expect(accepts(model, [(.take(3), nil), (.take(1), .refused)]))
    #expect(accepts(model, [(.take(3), nil), (.take(1), .taken), (.balance, .balance(2))]))
    #expect(!accepts(model, [(.take(4), nil), (.give(0), .given), (.take(3), .refused)]))
    #expect(accepts(model, [(.take(4), nil), (.give(1), .given), (.take(3), .refused)]))
  }
}
