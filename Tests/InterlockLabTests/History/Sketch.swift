@testable import InterlockLab

/// A history to be: operations in the order of their calls, and when each returns.
struct Sketch<Model: SequentialModel>: Sendable {
  let model: Model
  /// What was asked and answered; pending ones have no result.
  var operations: [(operation: Model.Operation, result: Model.Result?)]
  let shape: Shape

  /// The history, recorded in that order.
  var history: History<Model> {
    let history = History(model)
    var tokens: [History<Model>.Token] = []
    for event in shape.events {
      switch event {
      case .call: tokens.append(history.call(operations[tokens.count].operation))
      case .return(let number):
        guard let result = operations[number].result else { continue }
        history.return(tokens[number], result)
      }
    }
    return history
  }
}

/// The calls and returns of a history, without what they are about.
struct Shape: Sendable {
  enum Event: Sendable {
    case call
    case `return`(Int)
  }

  let events: [Event]
  /// Those that return.
  let returned: Set<Int>

  /// Every shape of so many operations, pending ones included.
  static func all(_ count: Int) -> [Shape] {
    var shapes: [Shape] = []
    func extend(_ events: [Event], _ called: Int, _ open: [Int], _ returned: Set<Int>) {
      if called == count { shapes.append(Shape(events: events, returned: returned)) }
      if called < count { extend(events + [.call], called + 1, open + [called], returned) }
      for number in open {
        extend(
          events + [.return(number)], called, open.filter { $0 != number },
          returned.union([number]))
      }
    }
    extend([], 0, [], [])
    return shapes
  }

  /// One of so many operations, at most `width` at a time, of which one in `pending` never returns.
  static func random(
    _ count: Int, width: Int, pending: Int, using generator: inout SplitMix
  ) -> Shape {
    var events: [Event] = []
    var (called, open, lost): (Int, [Int], Int) = (0, [], 0)
    var returned: Set<Int> = []
    while called < count || !open.isEmpty {
      let mayCall = called < count && open.count < width
      if mayCall, open.isEmpty || generator.below(2) == 0 {
        events.append(.call)
        open.append(called)
        called += 1
      } else {
        let number = open.remove(at: generator.below(open.count))
        if generator.below(pending) == 0, lost < 4 {
          lost += 1
        } else {
          events.append(.return(number))
          returned.insert(number)
        }
      }
    }
    return Shape(events: events, returned: returned)
  }
}
