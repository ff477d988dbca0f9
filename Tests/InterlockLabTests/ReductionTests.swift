import InterlockLab
import Synchronization
import Testing

/// Exhaustive search, whole and reduced.
@Suite struct ReductionTests {
  /// `tasks` tasks take `awaits` hops to an actor of their own, the last to one they share.
  private func body(tasks: Int, awaits: Int) -> @Sendable (Lab) async throws -> Void {
    { _ in
      let shared = Cell()
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<tasks {
          group.addTask {
            let own = Cell()
            for index in 1...awaits { await (index == awaits ? shared : own).add(1) }
          }
        }
      }
    }
  }

  @Test(arguments: [(4, 4, 0, 192), (4, 4, 1, 14_016), (3, 4, 2, 17_616), (2, 8, 3, 12_884)])
  func `an exhaustive plan runs just the schedules with so many preemptions`(
    tasks: Int, awaits: Int, preemptions: Int, schedules: Int
  ) async throws {
    let report = try await Lab.explore(
      .exhaustive(preemptions: preemptions), body(tasks: tasks, awaits: awaits))
    #expect(report.isComplete)
    #expect(report.schedules == schedules)
  }

  @Test(arguments: [(4, 4, 24), (3, 4, 6), (2, 8, 2), (2, 4, 2)])
  func `a reduced plan runs one schedule for each order on what is shared`(
    tasks: Int, awaits: Int, schedules: Int
  ) async throws {
    let report = try await Lab.explore(
      .exhaustive(preemptions: nil, reduction: .isolation), body(tasks: tasks, awaits: awaits))
    #expect(report.isComplete)
    #expect(report.schedules == schedules)
  }

  @Test func `the order of those that only look is not tried`() async throws {
    func schedules(_ access: Lab.Access) async throws -> Int {
      try await Lab.explore(.exhaustive(preemptions: nil, reduction: .isolation)) { lab in
        let shared = Shared()
        await withTaskGroup(of: Void.self) { group in
          for _ in 0..<3 {
            group.addTask {
              await Task.yield()
              lab.touch(shared, access)
            }
          }
        }
      }.schedules
    }
    #expect(try await schedules(.reading) == 1)
    #expect(try await schedules(.writing) == 6)
  }

  @Test(arguments: 0..<200)
  func `lab.L-8 the reduction reaches every final state the whole search reaches`(seed: Int)
    async throws
  {
    let program = Program(seed: UInt64(seed))
    let whole = try await program.finalStates(.exhaustive(preemptions: nil))
    let reduced = try await program.finalStates(
      .exhaustive(preemptions: nil, reduction: .isolation))
    #expect(reduced == whole, "seed \(seed): \(program)")
  }
}

private actor Cell {
  private(set) var value = 0
  func add(_ amount: Int) { value += amount }
  func multiply(_ factor: Int) { value = value &* factor &+ 1 }
}

/// State outside every actor, which says so.
private final class Shared: Sendable {
  private let state = Mutex(0)
  func change(_ lab: Lab, _ change: (inout Int) -> Void) {
    lab.touch(self)
    state.withLock { change(&$0) }
  }
  func look(_ lab: Lab) -> Int {
    lab.touch(self, .reading)
    return value
  }
  var value: Int { state.withLock { $0 } }
}

/// A few tasks that change a few actors and boxes by operations that do not commute.
private struct Program: Sendable, CustomStringConvertible {
  enum Operation: Sendable {
    case add(actor: Int, Int)
    case multiply(actor: Int, Int)
    /// Reads one, and adds what it read to another.
    case move(from: Int, to: Int)
    case box(Int, Int)
    /// Looks into one, and adds what it saw to an actor later.
    case look(box: Int, actor: Int)
  }

  let tasks: [[Operation]]

  init(seed: UInt64) {
    var generator = Generator(state: seed &* 0x9E37_79B9_7F4A_7C15 &+ 1)
    let count = Int.random(in: 2...3, using: &generator)
    tasks = (0..<count).map { _ in
      (0..<Int.random(in: 1...(count == 2 ? 2 : 1), using: &generator)).map { _ in
        let (first, second) = (
          Int.random(in: 0..<2, using: &generator), Int.random(in: 0..<2, using: &generator)
        )
        let amount = Int.random(in: 2...5, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: return .add(actor: first, amount)
        case 1: return .multiply(actor: first, amount)
        case 2: return count == 2 ? .move(from: first, to: second) : .add(actor: first, amount)
        case 3: return .box(first, amount)
        default: return .look(box: first, actor: second)
        }
      }
    }
  }

  var description: String { "\(tasks)" }

  func finalStates(_ plan: Plan) async throws -> Set<[Int]> {
    let states = States()
    let report = try await Lab.explore(plan) { [tasks] lab in
      let actors = [Cell(), Cell()]
      let boxes = [Shared(), Shared()]
      await withTaskGroup(of: Void.self) { group in
        for operations in tasks {
          group.addTask {
            for operation in operations {
              switch operation {
              case .add(let actor, let amount): await actors[actor].add(amount)
              case .multiply(let actor, let factor): await actors[actor].multiply(factor)
              case .move(let from, let to): await actors[to].add(actors[from].value)
              case .look(let box, let actor):
                let seen = boxes[box].look(lab)
                await actors[actor].add(seen)
              case .box(let box, let factor):
                boxes[box].change(lab) { $0 = $0 &* factor &+ 1 }
                await Task.yield()
              }
            }
          }
        }
      }
      states.insert(
        await [actors[0].value, actors[1].value] + boxes.map(\.value))
    }
    #expect(report.isComplete)
    return states.all
  }
}

private final class States: Sendable {
  private let states = Mutex<Set<[Int]>>([])
  func insert(_ state: [Int]) { states.withLock { _ = $0.insert(state) } }
  var all: Set<[Int]> { states.withLock { $0 } }
}

private struct Generator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 33)
  }
}
