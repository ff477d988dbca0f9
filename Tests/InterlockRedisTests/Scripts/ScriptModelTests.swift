import Interlock
import InterlockLocks
import InterlockRedis
import TestSupport
import Testing

/// Random operations on the model alone, and on the model and a server side by side.
@Suite(.tags(.property), .ownThread, .timeLimit(.minutes(10))) struct ScriptModelTests {
  enum Step: CustomStringConvertible {
    case take(String, ScriptModel.Request, waits: Bool, hint: Int)
    case claim(String), renew(String), release(String), cancel(String), poke
    case force(String?), convert(String, Character), expire(String)
    case listen(Int, Bool), live(Int, Bool)

    var description: String {
      switch self {
      case .take(let token, let request, let waits, let hint):
        "take \(token) \(request.letter)\(request.weight)/\(request.limit) client \(request.client) waits \(waits) hint \(hint)"
      case .claim(let token): "claim \(token)"
      case .renew(let token): "renew \(token)"
      case .release(let token): "release \(token)"
      case .cancel(let token): "cancel \(token)"
      case .poke: "poke"
      case .force(let token): "force \(token ?? "any")"
      case .convert(let token, let letter): "convert \(token) to \(letter)"
      case .expire(let token): "expire \(token)"
      case .listen(let client, let does): "client \(client) listens: \(does)"
      case .live(let client, let does): "client \(client) lives: \(does)"
      }
    }

    /// Whether, so answered, it has left nobody waiting who could have the lock.
    func settles(_ answer: ScriptModel.Answer?) -> Bool {
      switch (self, answer) {
      case (.take(_, _, let waits, _), _): waits && answer != .mixed
      case (.release, .number(let count)), (.cancel, .number(let count)): count > 0
      case (.force, .ended), (.poke, _): true
      default: false
      }
    }
  }

  static let clients = 3

  static func token(_ number: Int) -> String {
    let client = number % clients
    return "il1:h:1:1:000000000000000\(client):\(number)"
  }

  /// Requests say the same whenever they are repeated: a token has one mode.
  static func request(_ number: Int, _ flavour: Int) -> ScriptModel.Request {
    let letter: Character = [
      ["x", "x", "x"], ["x", "s", "s"], ["p", "x", "p"], ["s", "p", "x"],
    ][flavour][
      number / 2 % 3]
    return ScriptModel.Request(
      letter: letter, weight: letter == "p" ? number % 2 + 1 : 1, limit: letter == "p" ? 3 : 0,
      lease: 60_000, client: number % clients)
  }

  static func step(_ random: inout SeededGenerator, flavour: Int) -> Step {
    let number = Int.random(in: 0..<9, using: &random)
    let token = token(number)
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<38:
      return .take(
        token, request(number, flavour), waits: Int.random(in: 0..<5, using: &random) > 0,
        hint: Int.random(in: 0..<6, using: &random) == 0
          ? Int.random(in: 1...20, using: &random) : 0)
    case 38..<46: return .claim(token)
    case 46..<52: return .renew(token)
    case 52..<66: return .release(token)
    case 66..<74: return .cancel(token)
    case 74..<78: return .poke
    case 78..<81: return .force(Bool.random(using: &random) ? token : nil)
    case 81..<86: return .convert(token, Bool.random(using: &random) ? "s" : "x")
    case 86..<92: return .expire(token)
    case 92..<97:
      return .listen(Int.random(in: 0..<clients, using: &random), Bool.random(using: &random))
    default: return .live(Int.random(in: 0..<clients, using: &random), Bool.random(using: &random))
    }
  }

  static func apply(_ step: Step, to model: inout ScriptModel) -> ScriptModel.Answer? {
    switch step {
    case .take(let token, let request, let waits, let hint):
      return model.take(token, request, waits: waits, hint: hint)
    case .claim(let token): return model.claim(token, 60_000)
    case .renew(let token): return model.claim(token, 60_000)
    case .release(let token): return model.release(token)
    case .cancel(let token): return model.cancel(token)
    case .poke:
      model.poke()
      return nil
    case .force(let token): return model.force(token)
    case .convert(let token, let letter):
      // Permits are not converted: whoever calls sees to that.
      if model.holders.contains(where: { $0.token == token && $0.request.letter == "p" }) {
        return nil
      }
      return model.convert(token, to: letter)
    case .expire(let token): model.expire(token)
    case .listen(let client, let does):
      if does { model.listening.insert(client) } else { model.listening.remove(client) }
    case .live(let client, let does):
      if does { model.living.insert(client) } else { model.living.remove(client) }
    }
    return nil
  }

  @Test(arguments: 0..<4)
  func `locks.M2 whatever happens in whatever order, the invariants hold`(_ flavour: Int) {
    for seed in 0..<UInt64(Schedules.count(400)) {
      var random = SeededGenerator(seed: seed)
      var model = ScriptModel()
      model.listening = [0, 1, 2]
      for number in 0..<80 {
        model.now += Int64.random(in: 0...2, using: &random)
        let step = Self.step(&random, flavour: flavour)
        // Doubled now and then; a lost one is one that is not drawn.
        for _ in 0...(Int.random(in: 0..<4, using: &random) == 0 ? 1 : 0) {
          let answer = Self.apply(step, to: &model)
          guard let violation = model.violation(isSettled: step.settles(answer)) else { continue }
          Issue.record("seed \(seed), flavour \(flavour), step \(number), \(step): \(violation)")
          return
        }
      }
    }
  }

  @Test(.tags(.integration), arguments: 0..<4)
  func `locks.M2 a server does what the model does`(_ flavour: Int) async throws {
    let server = try LocalRedis()
    let peer = try ScriptPeer(server)
    for seed in 0..<UInt64(Schedules.count(40)) {
      var random = SeededGenerator(seed: seed &* 7919 &+ UInt64(flavour))
      var model = ScriptModel()
      try peer.begin(name: LockName("n\(seed)"))
      var history: [String] = []
      for client in 0..<Self.clients {
        model.listening.insert(client)
        try peer.listen(client, true)
        try peer.live(client, false)
      }
      for _ in 0..<60 {
        let step = Self.step(&random, flavour: flavour)
        for _ in 0...(Int.random(in: 0..<4, using: &random) == 0 ? 1 : 0) {
          if case .convert(let token, _) = step,
            model.holders.contains(where: { $0.token == token && $0.request.letter == "p" })
          {
            continue
          }
          history.append("\(step)")
          let expected = Self.apply(step, to: &model)
          let answer = try peer.apply(step)
          let (state, wanted) = (try peer.state(), ScriptPeer.State(model))
          guard expected == answer, state == wanted else {
            Issue.record(
              """
              seed \(seed), flavour \(flavour): after \(history.suffix(12).joined(separator: "; "))
              the server says \(String(describing: answer)) and is \(state),
              the model says \(String(describing: expected)) and is \(wanted)
              """)
            return
          }
        }
      }
      #expect(try peer.fencesGrow())
    }
  }
}
