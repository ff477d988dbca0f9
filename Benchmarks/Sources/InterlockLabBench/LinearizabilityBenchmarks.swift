import BenchHarness
import InterlockLab

let labLinearizability = Benchmark(
  name: "lab-linearizability",
  workload: "a history of three clients of a register is checked; per history",
  operations: 400,
  cases: [24, 100, 400, 2000].map { operations in
    let history = recorded(operations)
    return .init(name: "\(operations) operations") { count in
      for _ in 0..<count {
        guard Linearizability.check(history).isLinearizable else {
          fatalError("a right history of \(operations) operations was rejected")
        }
      }
    }
  })

private typealias Register = CompareAndSetModel<Int>

/// What three clients saw of a register that is right: writes of ever new values, reads, comparisons.
///
/// Each operation takes effect somewhere between its call and its return.
private func recorded(_ count: Int) -> History<Register> {
  var random = SeededNumbers(state: UInt64(count))
  let history = History(Register(initial: 0))
  var value = 0
  var called = 0
  var waiting: [(token: History<Register>.Token, operation: Register.Operation)] = []
  var done: [(token: History<Register>.Token, result: Register.Result)] = []
  while called < count || !waiting.isEmpty || !done.isEmpty {
    switch Int.random(in: 0..<3, using: &random) {
    case 0 where called < count && waiting.count + done.count < 3:
      let operation: Register.Operation =
        [.read, .write(called), .compareAndSet(value, called)][called % 3]
      waiting.append((history.call(operation), operation))
      called += 1
    case 1 where !waiting.isEmpty:
      let next = waiting.remove(at: Int.random(in: waiting.indices, using: &random))
      done.append((next.token, take(next.operation, on: &value)))
    case 2 where !done.isEmpty:
      let next = done.remove(at: Int.random(in: done.indices, using: &random))
      history.return(next.token, next.result)
    default: break
    }
  }
  return history
}

private func take(_ operation: Register.Operation, on value: inout Int) -> Register.Result {
  switch operation {
  case .read: return .value(value)
  case .write(let new): value = new
  case .compareAndSet(let expected, let new):
    guard value == expected else { return .refused }
    value = new
  }
  return .written
}

/// Numbers that are the same in every run (Steele, Lea, Flood: Fast splittable pseudorandom number generators,
/// OOPSLA 2014).
private struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
