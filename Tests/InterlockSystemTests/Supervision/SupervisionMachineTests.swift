import Glibc
import Interlock
import InterlockSystem
import Testing

@Suite struct SupervisionMachineTests {
  typealias Machine = SupervisionMachine
  typealias Command = SupervisionMachine.Command
  typealias Event = SupervisionMachine.Event

  private static let killAfter = Duration.seconds(2)
  private static let start = Instant(nanoseconds: 1_000_000_000_000)

  private static func at(_ milliseconds: Int) -> Instant {
    start.advanced(by: .milliseconds(milliseconds))
  }

  private static func end(_ program: ProgramEnd, lost: Bool) -> SupervisionEnd {
    SupervisionEnd(program: program, isLeaseOver: lost)
  }

  /// The states a machine can be in, by the events that lead there at `start`.
  private static let ways: [String: [Event]] = [
    "idle": [],
    "running": [.started(term: .seconds(30))],
    "ending": [.started(term: .seconds(30)), .abandoned],
    "ending, lost": [.started(term: .seconds(30)), .lost],
    "killing": [.started(term: .seconds(30)), .valid(until: at(10)), .advanced],
    "sweeping": [.started(term: .seconds(30)), .lost, .ended(.exited(3))],
    "over": [.started(term: .seconds(30)), .ended(.exited(3))],
  ]

  private static let events: [String: Event] = [
    "started": .started(term: nil), "ended": .ended(.exited(5)), "tstp": .stopped(by: SIGTSTP),
    "stop": .stopped(by: SIGSTOP), "int": .received(SIGINT), "cont": .received(SIGCONT),
    "usr1": .received(SIGUSR1), "suspend": .received(SIGTSTP), "lost": .lost,
    "valid": .valid(until: nil), "abandoned": .abandoned, "gone": .groupGone,
    "advanced": .advanced,
  ]

  private static let ask: [Command] = [.signal(SIGTERM), .signal(SIGCONT)]
  private static let sweep: [Command] = [.signal(SIGKILL), .reap, .look]

  /// What each event does in each state; nothing where nothing is said.
  private static let table: [String: [String: [Command]]] = [
    "idle": ["int": [.interrupt(SIGINT)], "suspend": [.suspend]],
    "running": [
      "ended": [.finish(end(.exited(5), lost: false))], "tstp": [.suspend],
      "int": [.signal(SIGINT)], "cont": [.resume], "usr1": [.signal(SIGUSR1)],
      "suspend": [.signal(SIGTSTP)], "lost": [.tellLoss] + ask, "abandoned": ask,
    ],
    "ending": [
      "ended": sweep, "tstp": [.signal(SIGCONT)], "stop": [.signal(SIGCONT)],
      "int": [.signal(SIGINT)], "cont": [.resume], "usr1": [.signal(SIGUSR1)],
      "suspend": [.signal(SIGTSTP)], "lost": [.tellLoss],
    ],
    "ending, lost": [
      "ended": sweep, "tstp": [.signal(SIGCONT)], "stop": [.signal(SIGCONT)],
      "int": [.signal(SIGINT)], "cont": [.resume], "usr1": [.signal(SIGUSR1)],
      "suspend": [.signal(SIGTSTP)], "lost": [.tellLoss],
    ],
    "killing": ["ended": sweep, "lost": [.tellLoss]],
    "sweeping": ["gone": [.finish(end(.exited(3), lost: true))]],
    "over": [:],
  ]

  private static func machine(_ state: String, policy: Machine.Policy = .terminate) -> Machine {
    var machine = Machine(policy: policy, killAfter: killAfter)
    for event in ways[state] ?? [] { _ = machine.handle(event, at: start) }
    return machine
  }

  @Test(arguments: ways.keys.sorted(), events.keys.sorted())
  func `every event does in every state what the table says`(_ state: String, _ event: String)
    throws
  {
    var machine = Self.machine(state)
    let commands = machine.handle(try #require(Self.events[event]), at: Self.start)
    #expect(commands == Self.table[state]?[event] ?? [])
  }

  @Test func `the ways lead to the states they are called by`() {
    for state in Self.ways.keys {
      let name: String =
        switch Self.machine(state).state {
        case .idle: "idle"
        case .running: "running"
        case .ending: "ending"
        case .killing: "killing"
        case .sweeping: "sweeping"
        case .over: "over"
        }
      #expect(state.hasPrefix(name))
    }
  }

  @Test func `a lost lease ends the program, and kills what does not go`() {
    var machine = Self.machine("running")
    #expect(machine.nextDeadline == nil)
    #expect(machine.handle(.lost, at: Self.at(0)) == [.tellLoss] + Self.ask)
    #expect(machine.nextDeadline == Self.at(2000))
    #expect(machine.handle(.advanced, at: Self.at(1999)) == [])
    #expect(machine.handle(.advanced, at: Self.at(2000)) == [.signal(SIGKILL)])
    #expect(machine.nextDeadline == nil)
    #expect(machine.handle(.ended(.killed(SIGKILL)), at: Self.at(2001)) == Self.sweep)
    #expect(machine.nextDeadline == Self.at(2002))
    #expect(machine.handle(.advanced, at: Self.at(2002)) == [.look])
    #expect(machine.nextDeadline == Self.at(2004))
    #expect(
      machine.handle(.groupGone, at: Self.at(2003))
        == [.finish(Self.end(.killed(SIGKILL), lost: true))])
  }

  @Test func `what stays in the group is not looked for for ever`() {
    var machine = Self.machine("sweeping")
    var looks = 0
    while let deadline = machine.nextDeadline {
      let commands = machine.handle(.advanced, at: deadline)
      if commands == [.look] {
        looks += 1
      } else {
        #expect(commands == [.finish(Self.end(.exited(3), lost: true))])
        #expect(deadline == Self.at(1000))
      }
    }
    #expect(looks < 12)
    #expect(machine.state == .over)
  }

  @Test func `a lease that is only told leaves the program alone`() {
    var machine = Self.machine("running", policy: .notify)
    #expect(machine.handle(.valid(until: Self.at(500)), at: Self.at(0)) == [])
    #expect(machine.nextDeadline == nil)
    #expect(machine.handle(.lost, at: Self.at(600)) == [.tellLoss])
    #expect(machine.handle(.advanced, at: Self.at(60_000)) == [])
    #expect(
      machine.handle(.ended(.exited(0)), at: Self.at(60_000))
        == [.finish(Self.end(.exited(0), lost: true))])
  }

  @Test func `the end of a lease is planned for, so that all of kill-after is before it`() {
    var machine = Self.machine("running")
    _ = machine.handle(.valid(until: Self.at(29_700)), at: Self.at(0))
    #expect(machine.nextDeadline == Self.at(27_700))
    #expect(machine.handle(.advanced, at: Self.at(27_699)) == [])
    #expect(machine.handle(.advanced, at: Self.at(27_700)) == Self.ask)
    // From here on it is killed 50 ms before the end, whatever is left of the two seconds.
    #expect(machine.nextDeadline == Self.at(29_650))
    #expect(machine.handle(.advanced, at: Self.at(29_650)) == [.signal(SIGKILL)])
    _ = machine.handle(.ended(.killed(SIGKILL)), at: Self.at(29_651))
    #expect(
      machine.handle(.groupGone, at: Self.at(29_651))
        == [.finish(Self.end(.killed(SIGKILL), lost: true))])
  }

  @Test func `a renewal before SIGTERM undoes the plan; one after it only moves SIGKILL`() {
    var machine = Self.machine("running")
    _ = machine.handle(.valid(until: Self.at(29_700)), at: Self.at(0))
    _ = machine.handle(.valid(until: Self.at(39_700)), at: Self.at(27_600))
    #expect(machine.handle(.advanced, at: Self.at(27_700)) == [])
    #expect(machine.nextDeadline == Self.at(37_700))
    #expect(machine.handle(.advanced, at: Self.at(37_700)) == Self.ask)
    _ = machine.handle(.valid(until: Self.at(50_000)), at: Self.at(37_800))
    #expect(machine.nextDeadline == Self.at(39_700))
  }

  @Test func `an end that nobody can tell any more is the last one that was told`() {
    var machine = Self.machine("running")
    _ = machine.handle(.valid(until: Self.at(29_700)), at: Self.at(0))
    _ = machine.handle(.valid(until: nil), at: Self.at(1))
    #expect(machine.nextDeadline == Self.at(27_700))
  }

  @Test func `there is a last resort while the program runs under a term that ends it`() {
    var machine = Self.machine("running")
    #expect(machine.lastResort == nil && machine.lookEvery == nil)
    _ = machine.handle(.valid(until: Self.at(29_700)), at: Self.at(0))
    #expect(machine.lastResort == Self.at(29_650))
    #expect(machine.lookEvery == .seconds(5))
    #expect(machine.lastResort(term: .seconds(30), validUntil: Self.at(100)) == Self.at(50))
    #expect(machine.lastResort(term: nil, validUntil: nil) == nil)
    _ = machine.handle(.lost, at: Self.at(1))
    #expect(machine.lastResort == Self.at(29_650))
    _ = machine.handle(.ended(.exited(0)), at: Self.at(2))
    #expect(machine.lastResort == nil && machine.lookEvery == nil)
    var told = Self.machine("running", policy: .notify)
    _ = told.handle(.valid(until: Self.at(29_700)), at: Self.at(0))
    #expect(told.lastResort == nil)
  }

  @Test func `half of a short term passes before SIGTERM`() {
    var machine = Machine(policy: .terminate, killAfter: .seconds(20))
    _ = machine.handle(.started(term: .seconds(10)), at: Self.at(0))
    _ = machine.handle(.valid(until: Self.at(9_900)), at: Self.at(0))
    #expect(machine.nextDeadline == Self.at(4_900))
    // Both come together where there is no room between them.
    var short = Machine(policy: .terminate, killAfter: .seconds(2))
    _ = short.handle(.started(term: .milliseconds(100)), at: Self.at(0))
    _ = short.handle(.valid(until: Self.at(98)), at: Self.at(0))
    #expect(short.nextDeadline == Self.at(48))
    #expect(short.handle(.advanced, at: Self.at(48)) == [.signal(SIGKILL)])
  }

  @Test func `who slept past the end of the lease kills at once`() {
    var machine = Self.machine("running")
    _ = machine.handle(.valid(until: Self.at(29_700)), at: Self.at(0))
    #expect(machine.handle(.stopped(by: SIGTSTP), at: Self.at(100)) == [.suspend])
    #expect(machine.handle(.advanced, at: Self.at(60_000)) == [.signal(SIGKILL)])
    #expect(machine.handle(.received(SIGCONT), at: Self.at(60_000)) == [])
  }

  @Test func `a loss does not put off what was planned`() {
    var machine = Self.machine("running")
    _ = machine.handle(.valid(until: Self.at(29_700)), at: Self.at(0))
    _ = machine.handle(.advanced, at: Self.at(27_700))
    #expect(machine.handle(.lost, at: Self.at(28_000)) == [.tellLoss])
    _ = machine.handle(.valid(until: nil), at: Self.at(28_000))
    #expect(machine.nextDeadline == Self.at(29_650))
  }

  @Test func `a lease lost before the start ends the program when it starts`() {
    var machine = Self.machine("idle")
    #expect(machine.handle(.lost, at: Self.at(0)) == [])
    #expect(
      machine.handle(.started(term: nil), at: Self.at(1)) == [.tellLoss] + Self.ask)
  }

  @Test
  func `a key that ended the program goes to the rest of the job, a signal passed on does not`() {
    var key = Self.machine("running")
    let end = Command.finish(Self.end(.killed(SIGINT), lost: false))
    #expect(key.handle(.ended(.killed(SIGINT)), at: Self.at(0)) == [.spread(SIGINT), end])
    var passed = Self.machine("running")
    _ = passed.handle(.received(SIGINT), at: Self.at(0))
    #expect(passed.handle(.ended(.killed(SIGINT)), at: Self.at(0)) == [end])
  }

  @Test func `before the start only what would have ended the process is told`() {
    for signal in CommandSupervisor.signals {
      var machine = Self.machine("idle")
      let isEnd = [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(signal)
      let expected: [Command] =
        isEnd ? [.interrupt(signal)] : signal == SIGTSTP ? [.suspend] : []
      #expect(machine.handle(.received(signal), at: Self.start) == expected)
    }
  }

  @Test func `it never ends twice, and not without its program, whatever happens`() {
    let all =
      Self.events.keys.sorted().compactMap { Self.events[$0] } + [.valid(until: Self.at(3000))]
    for seed in 0..<200 {
      var generator = SeededGenerator(seed: UInt64(seed))
      var machine = Machine(
        policy: generator.next() % 2 == 0 ? .terminate : .notify, killAfter: Self.killAfter)
      var (hasStarted, hasEnded, finishes, now) = (false, false, 0, Self.start)
      for _ in 0..<60 {
        guard let event = all.randomElement(using: &generator) else { break }
        if case .started = event { hasStarted = true }
        if case .ended = event {
          // A program ends once, and only one that runs.
          guard hasStarted, !hasEnded else { continue }
          hasEnded = true
        }
        now = now.advanced(by: .milliseconds(Int(generator.next() % 700)))
        for command in machine.handle(event, at: now) {
          if case .finish = command {
            finishes += 1
            #expect(hasEnded, "seed \(seed)")
          }
          if case .signal = command { #expect(finishes == 0, "seed \(seed)") }
        }
      }
      if hasEnded {
        while let deadline = machine.nextDeadline {
          for command in machine.handle(.advanced, at: deadline) {
            if case .finish = command { finishes += 1 }
          }
        }
      }
      #expect(finishes == (hasEnded ? 1 : 0), "seed \(seed)")
    }
  }
}
